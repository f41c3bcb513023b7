import { describe, expect, it } from "vitest";
import { aCharge, aFact, aRefund, momentAt, NOON } from "../../test/builders.ts";
import type { Charge } from "./charge.ts";
import { planNextCheck } from "./check-plan.ts";
import { noteProviderFact } from "./provider-facts.ts";
import { isUnclear, worriesOf } from "./worries.ts";

const MINUTE = 60;
const DAY = 86_400;
const codesOf = (charge: Charge, seconds: number) =>
  worriesOf(charge, new Date(NOON.getTime() + seconds * 1_000)).map(({ code }) => code);
const paid = (difference: Partial<Charge> = {}) =>
  aCharge({ status: "approved", approvedAt: NOON, making: "settled", ...difference });
const unmade = (difference: Partial<Charge> = {}) =>
  aCharge({ status: "created", providerId: null, making: "unknown", askedAt: NOON, expiresAt: null, ...difference });

describe("what calls for a person about a charge", () => {
  it("when all is well, then nothing does", () => {
    for (const charge of [paid(), aCharge({ expiresAt: null }), aCharge({ status: "expired", making: "settled" })]) {
      expect([worriesOf(charge, new Date(NOON.getTime() + DAY * 1_000)), isUnclear(charge)]).toEqual([[], false]);
    }
  });

  it("when a refund is under way, then after ten minutes; when it failed, then at once, until it is made good", () => {
    const underWay = paid({ refunds: [aRefund({ status: "in_process" })] });
    expect([codesOf(underWay, 10 * MINUTE - 1), codesOf(underWay, 10 * MINUTE)]).toEqual([[], ["refund-stuck"]]);
    const failed = aRefund({ status: "failed", settledAt: NOON });
    expect(codesOf(paid({ refunds: [failed] }), 0)).toEqual(["refund-not-made-good"]);
    const retried = aRefund({ status: "done", idempotencyKey: `retry-of-${failed.id}` });
    expect(codesOf(paid({ refunds: [failed, retried] }), 0)).toEqual([]);
    expect(codesOf(paid({ refunds: [failed] }), 31 * DAY)).toEqual([]);
  });

  it("when the outcome of the call is unknown, then after a minute, open or given up, until it is settled", () => {
    expect([codesOf(unmade(), MINUTE - 1), codesOf(unmade(), MINUTE)]).toEqual([[], ["outcome-unknown"]]);
    const givenUp = unmade({ status: "cancelled" });
    expect([codesOf(givenUp, MINUTE), isUnclear(givenUp), isUnclear(unmade())]).toEqual([
      ["outcome-unknown"],
      true,
      false,
    ]);
    expect(codesOf(unmade({ making: "unavailable" }), DAY)).toEqual([]);
    expect(codesOf(unmade({ status: "cancelled", making: "settled" }), DAY)).toEqual([]);
  });

  it("when it is disputed, then until that is over; when it is lost, then for a week", () => {
    const ours = paid();
    const fact = aFact(ours, { state: "in_dispute" });
    const noted = noteProviderFact(ours, { fact }, momentAt(5)).charge;
    expect(worriesOf(noted, momentAt(30 * DAY).now)).toEqual([
      { code: "disputed", since: momentAt(5).now, amountCents: 10_000, refundId: null },
    ]);
    const lost = noteProviderFact(noted, { fact: { ...fact, state: "charged_back" } }, momentAt(6)).charge;
    expect([codesOf(lost, 6), codesOf(lost, 7 * DAY + 7)]).toEqual([["charged-back"], []]);
  });

  it("when the terminal is to be looked at, then while it is open, and a day longer", () => {
    const open = aCharge({ method: "terminal", status: "in_process", detail: "check_on_terminal", expiresAt: null });
    expect([codesOf(open, 30 * DAY), isUnclear(open)]).toEqual([["terminal-unclear"], true]);
    const over = { ...open, status: "expired" as const };
    expect([codesOf(over, DAY), codesOf(over, DAY + 1)]).toEqual([["terminal-unclear"], []]);
  });

  it("when money was shown that is not believed, then for a week; when it goes back by itself, then not at all", () => {
    const charge = aCharge({ expiresAt: null });
    const foreign = noteProviderFact(charge, { fact: aFact(charge, { currency: "USD" }) }, momentAt()).charge;
    expect([codesOf(foreign, 7 * DAY), codesOf(foreign, 7 * DAY + 1)]).toEqual([["money-not-ours"], []]);
    expect([isUnclear(foreign), worriesOf(foreign, NOON)[0]?.amountCents]).toEqual([true, 10_000]);
    const wrong = noteProviderFact(charge, { fact: aFact(charge, { amountCents: 9_999 }) }, momentAt()).charge;
    expect([codesOf(wrong, 1), isUnclear(wrong)]).toEqual([[], false]);
    const believed = paid();
    const riddle = noteProviderFact(believed, { fact: aFact(believed, { amountCents: 9_999 }) }, momentAt()).charge;
    expect(codesOf(riddle, 1)).toEqual(["money-not-ours"]);
    const unpaid = aFact(charge, { currency: "USD", state: "open" });
    expect(codesOf(noteProviderFact(charge, { fact: unpaid }, momentAt()).charge, 1)).toEqual([]);
  });

  it("when a charge is still open an hour after its time, then somebody looks; at the counter the clock is enough", () => {
    for (const status of ["created", "pending", "in_process"] as const) {
      const charge = aCharge({ status, making: "settled", expiresAt: NOON });
      expect([codesOf(charge, 3_599), codesOf(charge, 3_600)]).toEqual([[], ["never-ended"]]);
    }
    expect(codesOf(aCharge({ method: "counter", provider: "counter", expiresAt: NOON }), DAY)).toEqual([]);
  });

  it("when fraud was warned of, then for a week, or until the money is gone", () => {
    const detail = { alarms: ["fraud-alert"] };
    const warned = paid({ entries: [{ at: NOON, kind: "notification", summary: "notified", detail }] });
    expect([codesOf(warned, 1), isUnclear(warned), codesOf(warned, 8 * DAY)]).toEqual([["fraud-alert"], true, []]);
    expect(codesOf({ ...warned, status: "refunded" }, 1)).toEqual([]);
  });

  // Product I9: nothing can wait for ever.
  it("whatever an unfinished charge waits for, somebody asks about it at a set time, or it is on the list", () => {
    const late = momentAt(400 * DAY).now;
    for (const status of ["created", "pending", "in_process", "refund_pending", "in_dispute"] as const) {
      for (let checks = 0; checks < 20; checks += 1) {
        const refunds = status === "refund_pending" ? [aRefund({ status: "in_process" })] : [];
        const charge = aCharge({ status, checks, refunds, approvedAt: NOON, making: "settled" });
        const isPlanned = planNextCheck(charge, { now: late, random: () => 0.5 }) !== null;
        expect(isPlanned || worriesOf(charge, late).length > 0, `${status} after ${checks} checks`).toBe(true);
      }
    }
  });
});
