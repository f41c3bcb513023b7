import { newId } from "@comanda/primitives";
import { describe, expect, it } from "vitest";
import type { Charge } from "../../src/domain/charge.ts";
import { aCharge, aFullCharge, anEvent, nextOf } from "./build-charge.ts";
import type { TestStore } from "./store-harness.ts";

/** What alarms look at. */
export function contractOfTrouble(opened: () => TestStore): void {
  const [refund] = aFullCharge().refunds;
  if (refund === undefined) throw new Error("the full charge has refunds");
  const withRefund = (status: Charge["refunds"][number]["status"]) =>
    aCharge({ status: "approved", refunds: [{ ...refund, id: newId(), status }] });

  describe("trouble", () => {
    it("when refunds are under way or failed, then their charges are listed, newest first, until they are done", async () => {
      const { store } = opened();
      const charges = (["requested", "done", "in_process", "failed", "unknown"] as const).map(withRefund);
      for (const charge of [...charges, aCharge({ status: "failed" })]) await store.insert(charge);
      const ids = async (limit = 10) => (await store.trouble.listUnsettledRefunds({ limit })).map(({ id }) => id);
      const [requested, , inProcess, failed, unknown] = charges;
      if (requested === undefined) throw new Error("four were made");
      expect(await ids()).toEqual([unknown?.id, failed?.id, inProcess?.id, requested.id]);
      expect(await ids(1)).toEqual([unknown?.id]);
      const done = nextOf(requested, {
        refunds: requested.refunds.map((one) => ({ ...one, status: "done" as const })),
      });
      await store.replace(done, 1);
      expect(await ids()).toEqual([unknown?.id, failed?.id, inProcess?.id]);
    });

    it("when somebody may have to look, then those charges are listed, whatever the reason, and no others", async () => {
      const { store } = opened();
      const given = (difference: Partial<Charge>) => aCharge({ making: "settled", providerId: newId(), ...difference });
      const foreign = {
        at: new Date(),
        kind: "decision" as const,
        summary: "not believed: wrong-currency",
        detail: { not_believed_because: "wrong-currency", state: "paid", amount_cents: 500 },
      };
      const warning = { ...foreign, kind: "notification" as const, detail: { alarms: ["fraud-alert"] } };
      const troubled = [
        withRefund("failed"),
        aCharge({ status: "created" }),
        aCharge({ status: "expired", making: "unknown", askedAt: new Date() }),
        given({ status: "in_dispute" }),
        given({ status: "charged_back" }),
        given({ status: "in_process", detail: "check_on_terminal" }),
        given({ status: "pending", entries: [foreign] }),
        given({ status: "pending" }),
        given({ status: "approved", entries: [warning] }),
      ];
      const fine = [
        { ...withRefund("done"), making: "settled" as const },
        given({ status: "approved" }),
        given({ status: "expired" }),
        aCharge({ status: "cancelled", making: "settled" }),
        given({ status: "approved", method: "counter", provider: "counter" }),
      ];
      for (const charge of [...troubled, ...fine]) {
        // A charge is born well; what calls for people comes later.
        await store.insert({ ...charge, status: "created", detail: null, entries: [], making: "asked" });
        await store.replace(nextOf(charge), 1);
      }
      const listed = await store.trouble.listTroubled({ limit: 100 });
      expect(listed.map(({ id }) => id).toSorted()).toEqual(troubled.map(({ id }) => id).toSorted());
      for (const [index, charge] of troubled.entries()) {
        await store.replace(
          { ...nextOf(nextOf(charge)), status: "refunded", refunds: [], entries: [], detail: null, making: "settled" },
          2,
        );
        expect(await store.trouble.listTroubled({ limit: 100 })).toHaveLength(troubled.length - index - 1);
      }
    });

    it("when events of a type wait, then each is told with its charge, oldest first, and no more than wanted", async () => {
      const { store } = opened();
      const type = "comanda.payment.approved";
      const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
      const charges = [
        aCharge({ unsent: [anEvent({ type, at: ago(60) })] }),
        aCharge({ unsent: [anEvent({ type, at: ago(120), parkedAt: new Date() }), anEvent({ at: ago(300) })] }),
        aCharge({ unsent: [anEvent({ type, at: ago(90), attempts: 4, availableAt: ago(-600) })] }),
        aCharge({ unsent: [anEvent({ type, at: ago(5) })] }),
      ];
      for (const charge of charges) await store.insert(charge);
      const listed = await store.trouble.listUnsent({ type, before: ago(30), limit: 10 });
      expect(listed.map(({ charge, eventId, since }) => [charge.id, eventId, since])).toEqual(
        [1, 2, 0].map((index) => {
          const charge = charges[index];
          const event = charge?.unsent.find((one) => one.type === type);
          return [charge?.id, event?.id, event?.at];
        }),
      );
      expect(listed[0]?.charge).toMatchObject({ orderId: charges[1]?.orderId, amountCents: 2590 });
      expect(await store.trouble.listUnsent({ type, before: ago(30), limit: 1 })).toHaveLength(1);
      // Of those that wait: the parked one is older, and does not; what was tried is as old as it is.
      expect(await store.trouble.oldestUnsentAt()).toEqual(charges[2]?.unsent[0]?.at);
    });

    it("when events of a type wait since long, then they are counted, put off and parked ones too, sent ones not", async () => {
      const { store } = opened();
      const type = "comanda.payment.approved";
      const old = { type, at: new Date(Date.now() - 60_000) };
      const soon = new Date(Date.now() + 600_000);
      await store.insert(aCharge({ unsent: [anEvent({ ...old, attempts: 4, availableAt: soon })] }));
      await store.insert(aCharge({ unsent: [anEvent({ ...old, parkedAt: new Date() }), anEvent({ at: old.at })] }));
      await store.insert(aCharge({ unsent: [anEvent({ type, at: new Date() })] }));
      const count = () => store.trouble.countUnsent({ type, before: new Date(Date.now() - 30_000) });
      expect(await count()).toBe(2);
      const sent = aCharge({ unsent: [anEvent(old)] });
      await store.insert(sent);
      expect(await count()).toBe(3);
      for (const event of await store.outbox.claim({ limit: 10, leaseMs: 60_000 })) {
        if (event.subject === sent.id) await store.outbox.settle(event, { outcome: "done" });
      }
      expect(await count()).toBe(2);
      // Put off after four tries: as old as it is, not as its next try.
      expect(await store.outbox.oldestWaitingSeconds()).toBeGreaterThan(55);
    });
  });

  describe("tallies", () => {
    const at = (text: string) => new Date(text);
    const FIRST = { kind: "refused", count: 2, firstAt: at("2026-03-10T10:00:00Z"), resource: null } as const;

    it("when two processes count the same, then it is one sum for each day, with its first, its last and what it was about", async () => {
      const { store, other } = opened();
      await Promise.all([
        store.tallies.add({ ...FIRST, lastAt: at("2026-03-10T12:00:00Z") }),
        other.tallies.add({
          ...FIRST,
          firstAt: at("2026-03-10T09:00:00Z"),
          lastAt: at("2026-03-10T11:00:00Z"),
          count: 40,
          resource: "ORD7",
        }),
      ]);
      await other.tallies.add({ ...FIRST, lastAt: at("2026-03-10T11:30:00Z"), count: 1 });
      await store.tallies.add({ ...FIRST, kind: "fraud-alert", lastAt: at("2026-03-11T00:00:00Z"), resource: "1" });
      expect(await store.tallies.list({ since: at("2026-03-10T23:00:00Z") })).toEqual([
        { ...FIRST, kind: "fraud-alert", day: "2026-03-11", lastAt: at("2026-03-11T00:00:00Z"), resource: "1" },
        {
          day: "2026-03-10",
          kind: "refused",
          count: 43,
          firstAt: at("2026-03-10T09:00:00Z"),
          lastAt: at("2026-03-10T12:00:00Z"),
          resource: "ORD7",
        },
      ]);
      expect(await store.tallies.list({ since: at("2026-03-11T00:00:00Z") })).toHaveLength(1);
    });

    it("when they are old, then they are forgotten with the rest", async () => {
      const { store } = opened();
      await store.tallies.add({ ...FIRST, lastAt: at("2026-03-10T12:00:00Z") });
      await store.tallies.add({ ...FIRST, firstAt: new Date(), lastAt: new Date() });
      await store.purge({ days: 14 });
      expect(await store.tallies.list({ since: new Date(0) })).toHaveLength(1);
    });
  });
}
