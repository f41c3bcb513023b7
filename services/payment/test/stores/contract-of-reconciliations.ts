import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { describe, expect, it } from "vitest";
import type { Difference, ReconciliationSummary } from "../../src/domain/reconciliation.ts";
import type { ReconciliationRequest } from "../../src/storage/reconciliation-store.ts";
import type { TestStore } from "./store-harness.ts";

const LEASE = { leaseMs: 60_000 };

/** The comparisons with the provider: one of a day at a time, one at all, none forgotten. */
export function contractOfReconciliations(opened: () => TestStore): void {
  const runs = () => opened().store.reconciliations;
  const others = () => opened().other.reconciliations;

  describe("reconciliations", () => {
    it("when a run is asked for, then it waits, and is read and listed as it is", async () => {
      const request = aRequest();
      const { outcome, run } = await runs().request(request);
      expect(outcome).toBe("new");
      const waiting = {
        id: request.id,
        day: "2026-03-10",
        trigger: "person",
        status: "queued",
        attempts: 0,
        requestedAt: request.requestedAt,
        startedAt: null,
        finishedAt: null,
        reason: null,
        summary: null,
      };
      expect(run).toStrictEqual(waiting);
      expect(await others().get(request.id)).toStrictEqual({ ...waiting, items: [] });
      expect(await runs().get(request.id.toUpperCase())).not.toBeNull();
      expect(await runs().list({ limit: 10 })).toStrictEqual([waiting]);
      expect(await runs().get(newId())).toBeNull();
      expect(await runs().get("no id")).toBeNull();
    });

    it("when the same key asks again, then it gets the same run, whatever the day and however it ended", async () => {
      const first = aRequest({ key: "daily:2026-03-10" });
      await runs().request(first);
      const again = () => others().request(aRequest({ key: first.key, day: "2026-03-11" }));
      expect(await again()).toMatchObject({ outcome: "same-key", run: { id: first.id, day: "2026-03-10" } });
      await finish();
      expect(await again()).toMatchObject({ outcome: "same-key", run: { id: first.id, status: "done" } });
    });

    it("when another key asks for a day that waits or runs, then it gets that run; once it ended, a new one", async () => {
      const first = aRequest();
      await runs().request(first);
      expect(await others().request(aRequest())).toMatchObject({ outcome: "under-way", run: { id: first.id } });
      const attempt = await runs().claim(LEASE);
      expect(await others().request(aRequest())).toMatchObject({ outcome: "under-way", run: { status: "running" } });
      expect(await others().request(aRequest({ day: "2026-03-11" }))).toMatchObject({ outcome: "new" });
      if (attempt === null) throw new Error("nothing was claimed");
      await runs().settle(attempt, { kind: "failed", reason: "the provider is away" });
      expect(await runs().request(aRequest())).toMatchObject({ outcome: "new" });
    });

    it("when 40 ask for one day at once, then there is one run", async () => {
      const keys = Array.from({ length: 40 }, (_, index) => `key-${index % 8}`);
      const answers = await Promise.all(
        keys.map((key, index) => (index % 2 === 0 ? runs() : others()).request(aRequest({ key }))),
      );
      expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
      expect(answers.filter(({ outcome }) => outcome === "new")).toHaveLength(1);
      expect(await runs().list({ limit: 100 })).toHaveLength(1);
    });

    it("when several processes look for work, then one run goes on at a time, oldest first", async () => {
      const [first, second] = [aRequest(), aRequest({ day: "2026-03-11" })];
      await runs().request(first);
      await runs().request(second);
      const claims = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => (n % 2 ? runs() : others()).claim(LEASE)));
      const [claimed, ...more] = claims.filter((run) => run !== null);
      expect(more).toEqual([]);
      expect(claimed).toMatchObject({ id: first.id, status: "running", attempts: 1 });
      expect(claimed?.startedAt).toBeInstanceOf(Date);
      expect(await others().claim(LEASE)).toBeNull();
      await finish(claimed);
      expect(await others().claim(LEASE)).toMatchObject({ id: second.id });
    });

    it("when the process of a run died, then another takes it over after the lease, before anything new", async () => {
      const first = aRequest();
      await runs().request(first);
      const dead = await runs().claim({ leaseMs: 20 });
      await runs().request(aRequest({ day: "2026-03-09" }));
      const taken = await waitFor(() => others().claim(LEASE));
      expect(taken).toMatchObject({ id: first.id, attempts: 2, startedAt: dead?.startedAt });
      if (dead === null) throw new Error("nothing was claimed");
      // It was not dead after all: it must hear that the run is no longer its own.
      expect(await runs().renew(dead, LEASE)).toBe(false);
      expect(await runs().settle(dead, { kind: "failed", reason: "too late" })).toBe(false);
      expect(await runs().get(first.id)).toMatchObject({ status: "running", reason: null });
    });

    it("when a run is alive, then it keeps its lease", async () => {
      await runs().request(aRequest());
      const run = await runs().claim({ leaseMs: 300 });
      if (run === null) throw new Error("nothing was claimed");
      expect(await runs().renew(run, LEASE)).toBe(true);
      await waitFor(async () => Date.now() > (run.startedAt?.getTime() ?? 0) + 600);
      expect(await others().claim(LEASE)).toBeNull();
    });

    it("when a run begins anew, then it waits its time, and may be taken after", async () => {
      const request = aRequest();
      await runs().request(request);
      const run = await runs().claim(LEASE);
      if (run === null) throw new Error("nothing was claimed");
      expect(await runs().settle(run, { kind: "again", reason: "the provider is away", retryInMs: 60_000 })).toBe(true);
      expect(await runs().get(request.id)).toMatchObject({ status: "queued", reason: "the provider is away" });
      expect(await runs().claim(LEASE)).toBeNull();
      const other = aRequest({ day: "2026-03-12" });
      await runs().request(other);
      const next = await runs().claim(LEASE);
      expect(next?.id).toBe(other.id);
      if (next === null) throw new Error("nothing was claimed");
      await runs().settle(next, { kind: "again", reason: "interrupted", retryInMs: 0 });
      expect(await waitFor(() => others().claim(LEASE))).toMatchObject({ id: other.id, attempts: 2, reason: null });
    });

    it("when a run is done, then its figures are listed and its lines read, to the last letter", async () => {
      const request = aRequest();
      await runs().request(request);
      const items = [aDifference(), aDifference({ class: "theirs_only", ours: null, chargeId: null, orderId: null })];
      await finish(await runs().claim(LEASE), items);
      const read = await others().get(request.id);
      expect(read?.items).toStrictEqual(items);
      expect(read?.summary).toStrictEqual(SUMMARY);
      expect(read?.finishedAt).toBeInstanceOf(Date);
      const [listed] = await runs().list({ limit: 1 });
      expect(listed).toMatchObject({ status: "done", summary: SUMMARY });
      expect(listed).not.toHaveProperty("items");
    });

    it("when pages are read one after the other, then each run is seen once, newest first", async () => {
      const requests = Array.from({ length: 7 }, (_, index) => aRequest({ day: `2026-04-0${index + 1}` }));
      for (const request of requests) await runs().request(request);
      const seen: string[] = [];
      for (let after: string | undefined; ; after = seen.at(-1)) {
        const page = await runs().list({ limit: 3, ...(after === undefined ? {} : { after }) });
        seen.push(...page.map(({ id }) => id));
        if (page.length < 3) break;
      }
      expect(seen).toEqual(requests.map(({ id }) => id).toReversed());
    });
  });

  async function finish(
    claimed: Awaited<ReturnType<ReturnType<typeof runs>["claim"]>> = null,
    items: Difference[] = [],
  ) {
    const run = claimed ?? (await runs().claim(LEASE));
    if (run === null) throw new Error("nothing was claimed");
    expect(await runs().settle(run, { kind: "done", summary: SUMMARY, items })).toBe(true);
    expect(await runs().settle(run, { kind: "failed", reason: "again" })).toBe(false);
  }
}

const SUMMARY: ReconciliationSummary = {
  compared: 9,
  agreeing: 7,
  pending: 1,
  counter: 2,
  unread: 0,
  found: { ours_only: 1, theirs_only: 1, amount: 0, status: 0, ledger: 0 },
  open: 2,
  healed: 0,
  openCents: 2590,
  ours: { cameCents: 25_900, returnedCents: 0 },
  theirs: { cameCents: 23_310, returnedCents: 0 },
  counterSums: { cameCents: 100, returnedCents: 100 },
  listed: 8,
  requests: 12,
};

function aDifference(differences: Partial<Difference> = {}): Difference {
  return {
    class: "ours_only",
    outcome: "open",
    chargeId: newId(),
    orderId: newId(),
    providerId: 'ORD "1", \u0000 Açaí 🍇',
    providerPaymentId: null,
    ours: { status: "approved", cameCents: 2590, returnedCents: 0 },
    theirs: null,
    differenceCents: 2590,
    ...differences,
  };
}

function aRequest(differences: Partial<ReconciliationRequest> = {}): ReconciliationRequest {
  return { id: newId(), day: "2026-03-10", trigger: "person", key: newId(), requestedAt: new Date(), ...differences };
}
