import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "@comanda/primitives";
import { useFigures } from "@comanda/service-kit";
import { createTestLog } from "@comanda/testing";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Charge } from "../src/domain/charge.ts";
import { ALARM_WORDS } from "../src/http/alarm-words.ts";
import { makeFigures } from "../src/use-cases/read-figures.ts";
import { believedPaid, openBooks } from "./books.ts";
import { aCharge, aRefund } from "./builders.ts";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ isBackgroundOn: false });
});
afterAll(() => harness.close());

const later = (seconds: number) => ({ now: () => new Date(Date.now() + seconds * 1_000) });
const figures = (seconds = 0) => makeFigures(harness.store, later(seconds));

/** A refund of just now, with a reason that a careless search in the document would stumble over. */
const freshRefund = (difference: Partial<Charge["refunds"][number]> = {}) =>
  aRefund({ amountCents: 1_000, reason: '"status":"failed"', requestedAt: new Date(), ...difference });
const enter = (refunds: Charge["refunds"]) =>
  openBooks(harness).enter(believedPaid(aCharge({ providerId: newId() }), { refunds }));

describe("the figures of money", () => {
  it("when nothing is wrong, then all are zero, and the age of no comparison is no number", async () => {
    const read = figures();
    for (const name of [
      "oldestUnsentSeconds",
      "parkedEvents",
      "paidUnheard",
      "stuckRefunds",
      "failedRefunds",
    ] as const) {
      expect(await read[name](), name).toBe(0);
    }
    expect(await read.unreconciled()).toBe(0);
    expect(await read.reconciliationAgeSeconds()).toBeNaN();
  });

  it("when an approved charge is not heard of for 30 s, then it is counted, parked or not", async () => {
    const charge = await harness.request();
    await harness.pay({ qr_code: charge.qr_code });
    const stored = await harness.store.get(charge.id);
    if (stored === null) throw new Error("the charge is gone");
    const event = {
      id: newId(),
      type: "comanda.payment.approved",
      at: new Date(),
      data: {},
      traceparent: null,
      attempts: 3,
      availableAt: new Date(Date.now() + 300_000),
      lockedUntil: null,
      parkedAt: null,
      lastError: "the receiver answered 503",
    };
    await harness.store.replace({ ...stored, version: stored.version + 1, unsent: [event] }, stored.version);
    expect(await figures().paidUnheard()).toBe(0);
    expect(await figures(31).paidUnheard()).toBe(1);
    // Its next try is minutes away: it is as old as it is all the same.
    expect(await figures().oldestUnsentSeconds()).toBeGreaterThan(0);
  });

  it("when refunds do not move or failed, then they are counted until they are made good", async () => {
    const failed = freshRefund({ status: "failed", settledAt: new Date() });
    await enter([freshRefund({ status: "done", reason: '"status":"requested"' })]);
    await enter([freshRefund(), freshRefund({ status: "in_process" })]);
    await enter([failed]);
    await enter([failed, freshRefund({ idempotencyKey: `retry-of-${failed.id}` })]);
    await enter([
      freshRefund({ status: "failed", amountCents: 10_000 }),
      freshRefund({ status: "done", amountCents: 10_000 }),
    ]);
    expect([await figures().stuckRefunds(), await figures().failedRefunds()]).toEqual([0, 1]);
    expect(await figures(601).stuckRefunds()).toBe(3);
    expect(await harness.store.trouble.listUnsettledRefunds({ limit: 100 })).toHaveLength(4);
  });

  it("when the newest comparison of a day left differences, then they are counted, and its age", async () => {
    const { reconciliations } = harness.store;
    for (const [open, openCents] of [
      [5, 500],
      [2, 200],
    ] as const) {
      await reconciliations.request({
        id: newId(),
        day: "2026-03-10",
        trigger: "person",
        key: newId(),
        requestedAt: new Date(),
      });
      const run = await reconciliations.claim({ leaseMs: 60_000 });
      if (run === null) throw new Error("nothing was claimed");
      await reconciliations.settle(run, { kind: "done", summary: { ...SUMMARY, open, openCents }, items: [] });
    }
    expect([await figures().unreconciled(), await figures().unreconciledCents()]).toEqual([3, 200]);
    const age = await figures(3_600).reconciliationAgeSeconds();
    expect(age).toBeGreaterThan(3_590);
    expect(age).toBeLessThan(3_700);
  });
});

describe("the alarms", () => {
  const rules = readFileSync(join(import.meta.dirname, "../../../docs/alerts.yml"), "utf8");
  const table = readFileSync(join(import.meta.dirname, "../../../docs/alarms.md"), "utf8");

  it("when the rules name a figure of payment, then the service shows it; and the page knows each alarm", async () => {
    const shown = (await harness.service.app.inject({ url: "/metrics" })).body;
    const named = new Set(rules.match(/\bpayment_[a-z_]+/g));
    expect(named.size).toBeGreaterThan(6);
    for (const name of named) expect(shown, name).toContain(`# TYPE ${name} gauge`);
    for (const [, code] of rules.matchAll(/code: ([a-z-]+)/g)) expect(table).toContain(`\`${code}\``);
    for (const code of Object.keys(ALARM_WORDS)) expect(table).toContain(`| \`${code}\` |`);
  });

  it("when money waits, then the line is written once and carries no name of anybody", async () => {
    const { log, lines } = createTestLog("payment", "info");
    const watch = useFigures(new Registry(), {
      log,
      figures: [
        {
          name: "payment_paid_not_heard",
          help: "-",
          read: figures(31).paidUnheard,
          alarm: { code: "paid-not-in-kitchen", above: 0 },
        },
      ],
    });
    await watch.look();
    await watch.look();
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ alarm: "paid-not-in-kitchen", value: 1, threshold: 0 });
  });
});

const SUMMARY = {
  compared: 0,
  agreeing: 0,
  pending: 0,
  counter: 0,
  unread: 1,
  found: { ours_only: 0, theirs_only: 0, amount: 0, status: 0, ledger: 0 },
  open: 0,
  healed: 0,
  openCents: 0,
  ours: { cameCents: 0, returnedCents: 0 },
  theirs: { cameCents: 0, returnedCents: 0 },
  counterSums: { cameCents: 0, returnedCents: 0 },
  listed: 0,
  requests: 0,
};
