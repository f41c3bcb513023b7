import { describe, expect, it } from "vitest";
import { aCharge, aRefund, momentAt, NOON } from "../../test/builders.ts";
import { noteUnanswered, noteUnchanged } from "./change-charge.ts";
import type { Charge } from "./charge.ts";
import { planNextCheck } from "./check-plan.ts";
import { expire } from "./close-charge.ts";

const HOUR = 3_600;
const wanted = aRefund({ amountCents: 1 });

/** Walks along the plan and gives the pauses, in seconds. */
function pausesOf(charge: Charge, count: number): number[] {
  const pauses: number[] = [];
  let seen = { ...charge, nextCheckAt: planNextCheck(charge, { now: NOON, random: () => 0.5 }) };
  let now = 0;
  for (let round = 0; round < count && seen.nextCheckAt !== null; round += 1) {
    const next = (seen.nextCheckAt.getTime() - NOON.getTime()) / 1000;
    pauses.push(Math.round(next - now));
    now = next;
    seen = noteUnchanged(seen, momentAt(now));
  }
  return pauses;
}

describe("the plan of questions (PA-12, PA-13)", () => {
  it("when a QR is on a screen, then every 3 s for two minutes, then every 10 s, to the moment it is over", () => {
    const pauses = pausesOf(aCharge({ expiresAt: new Date(NOON.getTime() + 300_000) }), 70);
    expect(pauses.slice(0, 40)).toEqual(Array(40).fill(3));
    expect(pauses.slice(41, 55)).toEqual(Array(14).fill(10));
  });

  it("when money is on its way back, then 5 s, 15 s, 1 min, 5 min, 15 min, 1 h, daily to the seventh day, then people", () => {
    const pauses = pausesOf(aCharge({ status: "refund_pending", approvedAt: NOON }), 50);
    expect(pauses).toEqual([5, 15, 60, 300, 900, HOUR, ...Array(7).fill(24 * HOUR)]);
  });

  it("when the provider has not taken a refund on, then it is looked at every half minute, however often in vain", () => {
    const pauses = pausesOf(aCharge({ status: "refund_pending", approvedAt: NOON, refunds: [wanted] }), 20);
    expect(pauses).toEqual([5, 15, ...Array(18).fill(30)]);
  });

  it("when the provider took a refund on just now, then however many questions were in vain, half a minute at most", () => {
    const refund = { ...wanted, status: "in_process", providerRefundId: "R" } as const;
    const unheard = aCharge({ status: "refund_pending", approvedAt: NOON, refunds: [refund], checks: 4 });
    const pauses = pausesOf(unheard, 60);
    expect(Math.max(...pauses.slice(0, 30))).toBeLessThanOrEqual(30);
    // Long after, it is the provider's own slow doing.
    expect(pauses.at(-1)).toBe(24 * HOUR);
  });

  it("when a link waits, then never longer than two minutes while it lives", () => {
    const pauses = pausesOf(aCharge({ method: "link", expiresAt: new Date(NOON.getTime() + 900_000) }), 8);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(120);
  });

  it("when the dice differ, then the pause lies within a fifth of the plan", () => {
    const charge = aCharge({ status: "refund_pending" });
    for (const random of [0, 0.25, 0.999]) {
      const next = planNextCheck(charge, { now: NOON, random: () => random });
      const pause = ((next?.getTime() ?? 0) - NOON.getTime()) / 1000;
      expect(pause).toBeGreaterThanOrEqual(4);
      expect(pause).toBeLessThanOrEqual(6);
    }
  });

  it("when all is said, then nobody asks any more", () => {
    for (const status of ["approved", "refunded", "rejected", "failed", "charged_back", "cancelled"] as const) {
      expect(planNextCheck(aCharge({ status }), { now: NOON, random: Math.random })).toBeNull();
    }
  });

  it("when a paid link may be paid again unheard, or money beside it must go back, then it is asked about", () => {
    const paid = aCharge({ method: "link", status: "approved", approvedAt: NOON });
    expect(pausesOf(paid, 9)).toEqual([60, 300, 900, HOUR, 24 * HOUR]);
    const refund = {
      id: "r",
      amountCents: 1,
      lines: [],
      reason: "",
      idempotencyKey: null,
      fingerprint: null,
      askedAt: null,
      settledAt: null,
    };
    const stray = { ...refund, strayPaymentId: "2", providerRefundId: "3", requestedAt: NOON } as const;
    const owing = aCharge({ status: "rejected", refunds: [{ ...stray, status: "in_process" }] });
    expect(pausesOf(owing, 60).slice(-5)).toEqual(Array(5).fill(24 * HOUR));
  });

  // Scanned in its last second and booked after its end; paid on a link by who had begun before it was closed; taken by
  // a terminal that needs a look. For five minutes an order is made paid by it (T21), so no look may be missing there.
  it.each([
    { what: "a QR's time is over", ended: aCharge({ status: "expired" }) },
    { what: "a link was given up", ended: aCharge({ method: "link", status: "cancelled" }) },
    {
      what: "a link was given up before it was known to be made",
      ended: aCharge({ method: "link", status: "failed" }),
    },
    {
      what: "a terminal ended unclear",
      ended: aCharge({ method: "terminal", status: "expired", detail: "check_on_terminal" }),
    },
  ])("when $what, then it is looked at each minute for five, then ever more seldom to the next day", ({ ended }) => {
    const pauses = pausesOf(ended, 20);
    expect(pauses.slice(0, 5)).toEqual([60, 60, 60, 60, 60]);
    expect(pauses.slice(5)).toEqual([300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 38_400]);
  });

  it("when the money of a link went back, then it is asked about as before: it can still be paid once more", () => {
    for (const status of ["refunded", "partially_refunded", "charged_back"] as const) {
      const back = aCharge({ method: "link", status, approvedAt: NOON });
      expect(pausesOf(back, 9)).toEqual([60, 300, 900, HOUR, 24 * HOUR]);
    }
  });

  it("when it was looked at often meanwhile, then the looks of the next hours and days come all the same", () => {
    const ended = aCharge({ status: "expired" });
    const looks = Array.from({ length: 30 }).reduce<Charge>((seen) => noteUnchanged(seen, momentAt(20)), ended);
    expect(looks.nextCheckAt).toEqual(momentAt(60).now);
    expect(noteUnchanged(looks, momentAt(3_000)).nextCheckAt).toEqual(momentAt(4_800).now);
  });

  it("when it ended long after it began, then the looks are counted from its end", () => {
    const open = aCharge({ expiresAt: momentAt(7_200).now });
    expect(expire(open, momentAt(7_216)).nextCheckAt).toEqual(momentAt(7_276).now);
  });

  // A night without the provider, and what it has to say in the morning is known half a minute later.
  it("when the provider does not answer, then the rhythm does not grow, however often it is asked", () => {
    for (const charge of [aCharge({ method: "link" }), aCharge({ status: "in_dispute", approvedAt: NOON })]) {
      const asked = Array.from({ length: 50 }).reduce<Charge>((seen) => noteUnanswered(seen, momentAt(100)), charge);
      expect(asked.checks).toBe(charge.checks);
      const pauseMs = (asked.nextCheckAt?.getTime() ?? 0) - momentAt(100).now.getTime();
      expect(pauseMs).toBeGreaterThan(0);
      expect(pauseMs).toBeLessThanOrEqual(40_000);
    }
  });

  it("when a counter charge waits, then only its own end is waited for", () => {
    const charge = aCharge({ method: "counter", provider: "counter", status: "pending" });
    expect(planNextCheck(charge, { now: NOON, random: Math.random })).toEqual(charge.expiresAt);
  });
});
