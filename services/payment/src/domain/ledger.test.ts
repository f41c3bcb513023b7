import { newId } from "@comanda/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCharge, aFact, done, momentAt, NOON } from "../../test/builders.ts";
import type { Moment } from "./change-charge.ts";
import type { Charge } from "./charge.ts";
import { cancel, expire } from "./close-charge.ts";
import { balanceOf, isBalanced } from "./ledger.ts";
import { balanceOfOrder } from "./order-balance.ts";
import type { ProviderCharge } from "./provider-charge.ts";
import { noteProviderFact } from "./provider-facts.ts";
import { receiveAtCounter } from "./receive-at-counter.ts";
import { noteRefundAsked, requestRefund } from "./refunds.ts";
import { retryRefund } from "./retry-refund.ts";
import { settleRefund } from "./settle-refund.ts";

type Step = (charge: Charge, moment: Moment) => Charge;

const fact =
  (difference: (charge: Charge) => Partial<ProviderCharge>): Step =>
  (charge, moment) =>
    noteProviderFact(charge, { fact: aFact(charge, { asOf: moment.now, ...difference(charge) }) }, moment).charge;

const firstRefund = (charge: Charge, status: string) => charge.refunds.find((refund) => refund.status === status);

function ask(amountCents: number | null): Step {
  return (charge, moment) => {
    const request = { id: newId(), amountCents, reason: "", idempotencyKey: null, fingerprint: null };
    const asked = requestRefund(charge, request, moment);
    return asked.ok ? asked.value.charge : charge;
  };
}

function answer(status: "done" | "failed" | "in_process"): Step {
  return (charge, moment) => {
    const refund = firstRefund(charge, "requested");
    if (refund === undefined) return charge;
    const asked = noteRefundAsked(charge, refund.id, moment);
    return settleRefund(asked, { refundId: refund.id, answer: done({ providerRefundId: newId(), status }) }, moment);
  };
}

const retry: Step = (charge, moment) => {
  const refund = firstRefund(charge, "failed");
  const retried = refund && retryRefund(charge, { refundId: refund.id, newRefundId: newId() }, moment);
  return retried?.ok === true ? retried.value.charge : charge;
};

const stray = (paymentId: string, amountCents: number, refunds: ProviderCharge["refunds"] = []): Step =>
  fact(() => ({ strays: [{ paymentId, amountCents, why: "paid-twice", refunds }] }));

/** All that can happen to a charge, in any order. */
const STEPS: readonly Step[] = [
  fact(() => ({})),
  fact(() => ({ state: "in_dispute" })),
  fact(() => ({ state: "charged_back" })),
  fact(() => ({ refunds: [{ id: "panel", amountCents: 1_000, status: "done" }] })),
  fact(() => ({ refunds: [{ id: "slow", amountCents: 500, status: "in_process" }] })),
  fact(() => ({ refunds: [{ id: "slow", amountCents: 500, status: "failed" }] })),
  fact(() => ({ amountCents: 9_999, paymentId: "odd" })),
  stray("second", 10_000),
  stray("third", 7),
  stray("second", 10_000, [{ id: "panel-second", amountCents: 3_000, status: "done" }]),
  stray("third", 7, [{ id: "panel-third", amountCents: 7, status: "done" }]),
  ask(null),
  ask(1),
  ask(4_000),
  answer("done"),
  answer("in_process"),
  answer("failed"),
  retry,
  (charge, moment) => expire(charge, moment),
  (charge, moment) => {
    const cancelled = cancel(charge, "test", moment);
    return cancelled.ok ? cancelled.value : charge;
  },
];

describe("the ledger", () => {
  it("when anything happens in any order, then it only grows, and adds up to what the charge states (product I1)", () => {
    const story = fc.array(fc.nat(STEPS.length - 1), { maxLength: 25 });
    fc.assert(
      fc.property(story, (choices) => {
        let charge = aCharge();
        for (const [second, choice] of choices.entries()) {
          const before = charge.ledger;
          charge = STEPS[choice]?.(charge, momentAt(second)) ?? charge;
          expect(charge.ledger.slice(0, before.length)).toEqual(before);
          for (const { amountCents, debit, credit } of charge.ledger) {
            expect(amountCents).toBeGreaterThan(0);
            expect(debit).not.toBe(credit);
          }
          expect(isBalanced(charge)).toBe(true);
          const { heldCents, owedCents, salesCents, lossesCents } = balanceOf(charge);
          // Double entry: what is here is a sale of ours or a debt of ours, less what was lost.
          expect(heldCents).toBe(salesCents + owedCents - lossesCents);
          expect(owedCents).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("when more went back than came and the bank takes it too, then the books say so", () => {
    const panel = fact(() => ({ refunds: [{ id: "panel", amountCents: 1_000, status: "done" }] }));
    const steps = [fact(() => ({})), ask(null), answer("done"), panel, fact(() => ({ state: "charged_back" }))];
    const end = steps.reduce((charge, step, second) => step(charge, momentAt(second)), aCharge());
    expect(end.refundedCents).toBe(11_000);
    expect(isBalanced(end)).toBe(true);
  });

  it("when the ledger lacks an entry, then it is seen not to add up", () => {
    const paid = noteProviderFact(aCharge(), { fact: aFact(aCharge()) }, momentAt(1)).charge;
    const charge = aCharge({ status: "approved", approvedAt: NOON, ledger: [] });
    expect(isBalanced(charge)).toBe(false);
    expect(isBalanced({ ...paid, ledger: [] })).toBe(paid.approvedAt === null);
  });

  it("when a stray refund fails and is tried again, then its money came once and went once", () => {
    const steps = [stray("second", 10_000), answer("failed"), retry, answer("done")];
    const end = steps.reduce((charge, step, second) => step(charge, momentAt(second)), aCharge());
    expect(end.ledger.map(({ why, amountCents }) => `${why} ${amountCents}`)).toEqual([
      "paid 10000",
      "stray-came 10000",
      "stray-returned 10000",
    ]);
  });

  it("when the panel gives back a part of stray money that we want to give back, then it came once", () => {
    const panel = [{ id: "panel", amountCents: 3_000, status: "done" }] as const;
    const steps = [stray("second", 10_000), stray("second", 10_000, panel)];
    const end = steps.reduce((charge, step, second) => step(charge, momentAt(second)), aCharge());
    expect(end.ledger.map(({ why, amountCents }) => `${why} ${amountCents}`)).toEqual([
      "paid 10000",
      "stray-came 10000",
      "stray-returned 3000",
    ]);
    expect(isBalanced(end)).toBe(true);
  });

  it("when a cashier takes cash and gives some back, then the drawer knows", () => {
    const receipt = { tender: "cash", receivedCents: null, actor: "a", key: null, fingerprint: "f" } as const;
    const received = receiveAtCounter(aCharge({ method: "counter" }), receipt, momentAt(1));
    if (!received.ok) throw new Error("the money was not taken");
    const { ledger } = ask(4_000)(received.value.charge, momentAt(2));
    expect(ledger.map(({ debit, credit, amountCents }) => `${debit} ← ${credit} ${amountCents}`)).toEqual([
      "drawer ← sales 10000",
      "sales ← customer_owed 4000",
      "customer_owed ← drawer 4000",
    ]);
  });
});

describe("the balance of an order", () => {
  const stories = fc.array(fc.array(fc.nat(STEPS.length - 1), { maxLength: 15 }), { minLength: 1, maxLength: 4 });
  const chargesOf = (attempts: readonly (readonly number[])[]): Charge[] =>
    attempts.map((choices, index) =>
      choices.reduce<Charge>(
        (charge, choice, second) => STEPS[choice]?.(charge, momentAt(second)) ?? charge,
        aCharge({ attempt: index + 1 }),
      ),
    );

  it("when anything happens to any of its charges, then what is computed is what is stored (PA-23)", () => {
    fc.assert(
      fc.property(stories, (attempts) => {
        const charges = chargesOf(attempts);
        const { computed, statedCents, isBalanced: adds } = balanceOfOrder(charges);
        expect(adds).toBe(true);
        expect(computed.heldCents).toBe(statedCents);
        expect(computed.heldCents).toBe(computed.salesCents + computed.owedCents - computed.lossesCents);
        const each = charges.map(balanceOf);
        expect(computed.heldCents).toBe(each.reduce((sum, one) => sum + one.heldCents, 0));
        expect(computed.owedCents).toBe(each.reduce((sum, one) => sum + one.owedCents, 0));
      }),
      { numRuns: 1_000 },
    );
  });

  it("when one entry of one charge is lost or written twice, then the order is seen not to add up", () => {
    fc.assert(
      fc.property(stories, fc.nat(), fc.boolean(), (attempts, pick, isTwice) => {
        const charges = chargesOf(attempts);
        // An entry between a guest and us moves no money that is held.
        const places = charges.flatMap(({ ledger }, at) =>
          ledger.flatMap((entry, index) => (entry.why === "refund-wanted" ? [] : [{ at, index }])),
        );
        const place = places[pick % Math.max(1, places.length)];
        if (place === undefined) return;
        const broken = charges.map((charge, at) =>
          at === place.at
            ? {
                ...charge,
                ledger: charge.ledger.flatMap((entry, index) =>
                  index !== place.index ? [entry] : isTwice ? [entry, entry] : [],
                ),
              }
            : charge,
        );
        expect(balanceOfOrder(broken).isBalanced).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it("when two charges are wrong by the same sum in opposite ways, then the order is seen not to add up", () => {
    const paid = noteProviderFact(aCharge(), { fact: aFact(aCharge()) }, momentAt(1)).charge;
    const charge = paid.approvedAt === null ? aCharge({ status: "approved", approvedAt: NOON }) : paid;
    const [entry] = fact(() => ({}))(aCharge(), momentAt(1)).ledger;
    if (entry === undefined) throw new Error("a paid charge has an entry");
    const [missing, double] = [
      { ...charge, ledger: [] },
      { ...charge, ledger: [entry, entry] },
    ];
    const order = balanceOfOrder([missing, double]);
    expect(order.computed.heldCents).toBe(order.statedCents);
    expect(order.isBalanced).toBe(false);
  });
});
