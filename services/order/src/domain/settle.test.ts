import { CHARGE_STATUSES, type ChargeStatus, ORDER_STATUSES, type OrderStatus } from "@comanda/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCharge, anOrder, NOW } from "../../test/order-builders.ts";
import type { Order } from "./order.ts";
import { type ChargeSnapshot, settle, settlementOf } from "./settle.ts";

const SERVED: readonly OrderStatus[] = [
  "paid",
  "preparing",
  "ready_for_pickup",
  "out_for_delivery",
  "delivered",
  "unclaimed",
];
const OPEN: readonly ChargeStatus[] = ["created", "pending", "in_process"];

const current = {
  isPayer: false,
  isCurrent: true,
  isExact: true,
  isHonoured: false,
  isPartLeft: false,
  isWonBack: false,
};

/** What product §3.4 wants of a charge that is not the one that paid, written by hand. */
function expected(order: OrderStatus, charge: ChargeStatus): string {
  if (charge === "approved") {
    if (order === "requested") return "pay";
    return SERVED.includes(order) ? "release paid_twice" : "release paid_too_late";
  }
  if (OPEN.includes(charge)) {
    if (order === "requested") return "note";
    if (SERVED.includes(order)) return "release method_changed";
    return order === "rejected" ? "release order_rejected" : "release order_cancelled";
  }
  // The order had not heard that the money came: it does what the two words would have done in turn (product I8).
  if (order === "requested" && (charge === "in_dispute" || charge === "partially_refunded")) return "pay";
  if (order === "requested" && (charge === "refunded" || charge === "charged_back")) return "cancel";
  if (charge === "refunded") return order === "cancelled" || order === "rejected" ? "refund" : "note";
  return "note";
}

describe("settlementOf", () => {
  // Reliability EV-15: every pair has a defined next action.
  it("when every order status meets every charge status, then the table of the product is met", () => {
    for (const order of ORDER_STATUSES) {
      for (const charge of CHARGE_STATUSES) {
        const settlement = settlementOf(order, charge, current);
        const said = settlement.kind === "release" ? `release ${settlement.reason}` : settlement.kind;
        expect(said, `${order} × ${charge}`).toBe(expected(order, charge));
      }
    }
  });

  it("when a second charge of an order in the making was fought for and a part of it went back, then the rest does too", () => {
    const freed = { ...current, isPayer: false, isFreed: true };
    expect(settlementOf("preparing", "partially_refunded", freed)).toEqual({ kind: "release", reason: "paid_twice" });
    expect(settlementOf("preparing", "partially_refunded", { ...freed, isPayer: true })).toEqual({ kind: "note" });
    expect(settlementOf("preparing", "in_dispute", freed)).toEqual({ kind: "note" });
  });

  it("when the charge that paid repeats itself, then nothing is given back", () => {
    for (const order of ORDER_STATUSES) {
      expect(settlementOf(order, "approved", { ...current, isPayer: true })).toEqual({ kind: "note" });
    }
  });

  it("when the money that paid goes back, then only an order that nobody started is cancelled", () => {
    for (const order of ORDER_STATUSES) {
      for (const charge of CHARGE_STATUSES.filter((status) => status !== "approved")) {
        const settlement = settlementOf(order, charge, { ...current, isPayer: true });
        const said = settlement.kind === "release" ? `release ${settlement.reason}` : settlement.kind;
        const isCalledOff = order === "paid" && (charge === "refunded" || charge === "charged_back");
        // What paid an order has been heard of.
        if (order === "requested") continue;
        expect(said, `${order} × ${charge}`).toBe(isCalledOff ? "cancel" : expected(order, charge));
      }
    }
  });

  it("when a part of unheard-of money is on its way back, then the rest pays; when all of it is, then nothing is cooked", () => {
    expect(settlementOf("requested", "refund_pending", { ...current, isPartLeft: true })).toEqual({ kind: "pay" });
    expect(settlementOf("requested", "refund_pending", current)).toEqual({ kind: "note" });
  });

  it("when the bank gives money up that an order was called off for, then the guest gets it back", () => {
    const wonBack = { ...current, isPayer: true, isWonBack: true };
    expect(settlementOf("cancelled", "approved", wonBack)).toEqual({ kind: "release", reason: "order_cancelled" });
    expect(settlementOf("delivered", "approved", wonBack)).toEqual({ kind: "note" });
  });

  it("when the amount is not exact, then it does not pay and goes back", () => {
    const settlement = settlementOf("requested", "approved", { ...current, isExact: false });
    expect(settlement).toEqual({ kind: "release", reason: "wrong_amount" });
  });

  it("when a charge lives that another took the place of, then it is closed", () => {
    for (const charge of OPEN) {
      const settlement = settlementOf("requested", charge, { ...current, isCurrent: false });
      expect(settlement).toEqual({ kind: "release", reason: "method_changed" });
    }
  });
});

function snapshotOf(order: Order, difference: Partial<ChargeSnapshot>): ChargeSnapshot {
  const [charge = aCharge()] = order.charges;
  return { ...charge, orderId: order.id, refundingCents: null, ...difference };
}

describe("settle", () => {
  it("when money came, then the order is paid by it, and nobody else wrote that", () => {
    const order = anOrder();
    const change = settle(order, snapshotOf(order, { status: "approved", version: 3, qrCode: null }), NOW);
    expect(change?.order).toMatchObject({
      status: "paid",
      paymentStatus: "approved",
      paidBy: order.charges[0]?.paymentId,
      paidAt: NOW,
      version: 8,
    });
    expect(change?.feed).toEqual([
      { kind: "status", status: "paid", by: "payment", actorId: null, reason: null, at: NOW },
    ]);
  });

  it("when an older attempt is paid after all, then the newer one is closed", () => {
    const charges = [
      aCharge({ paymentId: "a", status: "expired" }),
      aCharge({ paymentId: "b", attempt: 2, status: "pending" }),
    ];
    const order = anOrder({ charges });
    const change = settle(order, snapshotOf(order, { paymentId: "a", status: "approved", version: 3 }), NOW);
    expect(change?.order).toMatchObject({ status: "paid", paidBy: "a" });
    expect(change?.wishes).toEqual([{ kind: "release", paymentId: "b", reason: "method_changed" }]);
  });

  it.each([
    ["a dispute was won", "in_dispute", { status: "approved" }],
    ["a dispute was won and a part went back", "in_dispute", { status: "partially_refunded", refundedCents: 100 }],
    ["a part went back and the rest stayed", "refund_pending", { status: "partially_refunded", refundedCents: 100 }],
  ] as const)("when an order has ended and %s, then what is still here goes back, too", (_what, before, told) => {
    const order = anOrder({ status: "cancelled", paidBy: "a", charges: [aCharge({ paymentId: "a", status: before })] });
    const change = settle(order, snapshotOf(order, { ...told, version: 3 }), NOW);
    expect(change?.wishes).toEqual([{ kind: "release", paymentId: "a", reason: "order_cancelled" }]);
    const served = settle({ ...order, status: "preparing" }, snapshotOf(order, { ...told, version: 3 }), NOW);
    expect(served?.wishes).toEqual([]);
  });

  it("when a refund failed for an order that has ended, then it is not asked for again by itself", () => {
    const charges = [aCharge({ paymentId: "a", status: "refund_pending", refundedCents: 100 })];
    const order = anOrder({ status: "cancelled", paidBy: "a", charges });
    const told = { status: "partially_refunded", refundedCents: 100, version: 3 } as const;
    expect(settle(order, snapshotOf(order, told), NOW)?.wishes).toEqual([]);
  });

  // Without money in the shop's account each asking fails, and was asked again at once: once a second, for ever.
  it.each([
    ["came too late", "cancelled", null],
    ["came after somebody had refused the order", "rejected", null],
    ["was the second of two", "preparing", "b"],
  ] as const)(
    "when giving back money that %s failed, then it is not asked for again by itself",
    (_what, status, paidBy) => {
      const charges = [aCharge({ paymentId: "a", status: "expired" }), aCharge({ paymentId: "b", attempt: 2 })];
      const order = anOrder({ status, charges, paidBy });
      const came = settle(order, snapshotOf(order, { paymentId: "a", status: "approved", version: 3 }), NOW);
      expect(came?.wishes).toMatchObject([{ kind: "release", paymentId: "a" }]);
      const asked = snapshotOf(order, { paymentId: "a", status: "refund_pending", version: 4 });
      const leaving = settle(came?.order ?? order, asked, NOW)?.order ?? order;
      const failed = settle(leaving, snapshotOf(order, { paymentId: "a", status: "approved", version: 5 }), NOW);
      expect(failed?.wishes).toEqual([]);
      expect(failed?.order.status).toBe(status);
    },
  );

  it("when late money was asked back and that failed, then the order is not made paid by it any more", () => {
    const order = anOrder({ status: "cancelled", expiresAt: NOW, charges: [aCharge({ status: "refund_pending" })] });
    const word = { ...snapshotOf(order, { status: "approved", version: 3 }), isClockToBlame: true };
    expect(settle(order, word, NOW)).toMatchObject({ order: { status: "cancelled", paidBy: null }, wishes: [] });
    const unasked = { ...order, charges: [aCharge({ status: "expired" })] };
    expect(settle(unasked, word, NOW)?.order.status).toBe("paid");
  });

  it("when the word is not newer, then it changes nothing", () => {
    const order = anOrder();
    for (const version of [1, 2])
      expect(settle(order, snapshotOf(order, { status: "approved", version }), NOW)).toBeNull();
  });

  it("when nothing that anybody sees is new, then the version stays and the streams are silent", () => {
    const order = anOrder();
    const change = settle(order, snapshotOf(order, { version: 3 }), NOW);
    expect(change).toMatchObject({ order: { version: 7, charges: [{ version: 3 }] }, feed: [], wishes: [] });
  });

  it("when the charge is another order's, then it is a fault and not a fact", () => {
    const order = anOrder();
    expect(() => settle(order, snapshotOf(order, { paymentId: "another", version: 9 }), NOW)).toThrow(RangeError);
  });

  it("when one of two moneys is back, then a cancelled order is not refunded before the other is", () => {
    const charges = [
      aCharge({ paymentId: "a", attempt: 1, status: "approved" }),
      aCharge({ paymentId: "b", attempt: 2, status: "approved" }),
    ];
    const order = anOrder({ status: "cancelled", charges, paidBy: "b" });
    const first = settle(order, snapshotOf(order, { paymentId: "a", status: "refunded", version: 3 }), NOW);
    expect(first?.order).toMatchObject({ status: "cancelled", paymentStatus: "refund_pending" });
    const second = settle(
      first?.order ?? order,
      snapshotOf(order, { paymentId: "b", status: "refunded", version: 3 }),
      NOW,
    );
    expect(second?.order).toMatchObject({ status: "refunded", paymentStatus: "refunded" });
  });

  it("when the money that paid is back before anything started, then the order is cancelled and refunded", () => {
    const order = anOrder({ status: "paid", charges: [aCharge({ paymentId: "a", status: "approved" })], paidBy: "a" });
    const pending = settle(order, snapshotOf(order, { status: "refund_pending", version: 3 }), NOW)?.order ?? order;
    expect(pending).toMatchObject({ status: "paid", paymentStatus: "refund_pending" });
    const change = settle(pending, snapshotOf(order, { status: "refunded", version: 4 }), NOW);
    expect(change?.order).toMatchObject({ status: "refunded", paymentStatus: "refunded", version: 9 });
    expect(change?.feed).toEqual([
      { kind: "status", status: "cancelled", by: "payment", actorId: null, reason: "money_returned", at: NOW },
      { kind: "status", status: "refunded", by: "payment", actorId: null, reason: null, at: NOW },
    ]);
  });

  it("when the money that paid is back and another charge lives, then that is let go of before it is refunded", () => {
    const charges = [
      aCharge({ paymentId: "a", attempt: 1, status: "approved" }),
      aCharge({ paymentId: "b", attempt: 2, status: "approved" }),
    ];
    const order = anOrder({ status: "paid", charges, paidBy: "a" });
    const change = settle(order, snapshotOf(order, { paymentId: "a", status: "refunded", version: 3 }), NOW);
    expect(change?.order).toMatchObject({ status: "cancelled", paymentStatus: "refund_pending" });
    expect(change?.wishes).toEqual([{ kind: "release", paymentId: "b", reason: "order_cancelled" }]);
  });

  // Product I8: any permutation and duplication of provider events ends in the same state.
  it("when the words of a charge come shuffled and doubled, then the end is the same", () => {
    const order = anOrder({ charges: [aCharge({ status: "created", version: 0 })] });
    const life: ChargeSnapshot[] = (["pending", "in_process", "approved"] as const).map((status, index) =>
      snapshotOf(order, { status, version: index + 1, qrCode: null }),
    );
    const end = (words: readonly ChargeSnapshot[]) =>
      words.reduce((state, word) => settle(state, word, NOW)?.order ?? state, order);
    const inOrder = end(life);
    const shuffled = fc.shuffledSubarray([...life, ...life, ...life], { minLength: 9 });
    fc.assert(
      fc.property(shuffled, (words) => {
        const { version: _seen, updatedAt: _at, ...state } = end(words);
        expect(state).toEqual({ ...state, status: inOrder.status, charges: inOrder.charges, paidBy: inOrder.paidBy });
      }),
    );
  });

  const lives: Readonly<Record<string, readonly Partial<ChargeSnapshot>[]>> = {
    "paid and given back": [{ status: "approved" }, { status: "refund_pending" }, { status: "refunded" }],
    "given back in part": [
      { status: "approved" },
      { status: "refund_pending", refundingCents: 1_000 },
      { status: "partially_refunded", refundedCents: 1_000, refundingCents: 0 },
    ],
    disputed: [{ status: "approved" }, { status: "in_dispute" }],
    "disputed and lost": [{ status: "approved" }, { status: "in_dispute" }, { status: "charged_back" }],
  };
  it.each(Object.keys(lives))(
    "when a charge is %s and its words overtake each other, then the end is the same",
    (name) => {
      const order = anOrder({ charges: [aCharge({ status: "created", version: 0 })] });
      const words = (lives[name] ?? []).map((word, index) => snapshotOf(order, { ...word, version: index + 1 }));
      const end = (heard: readonly ChargeSnapshot[]) =>
        heard.reduce((state, word) => settle(state, word, NOW)?.order ?? state, order);
      const { status, paymentStatus } = end(words);
      const overtaken = fc.shuffledSubarray([...words, ...words], { minLength: words.length * 2 });
      fc.assert(
        fc.property(overtaken, (heard) => {
          expect(end(heard)).toMatchObject({ status, paymentStatus });
        }),
      );
    },
  );

  it("when the bank took the money of an order that nobody started, then it is called off", () => {
    const order = anOrder({ status: "paid", charges: [aCharge({ paymentId: "a", status: "approved" })], paidBy: "a" });
    const change = settle(order, snapshotOf(order, { status: "charged_back", version: 3 }), NOW);
    expect(change?.order).toMatchObject({ status: "cancelled", paymentStatus: "charged_back" });
    const back = settle(change?.order ?? order, snapshotOf(order, { status: "approved", version: 4 }), NOW);
    expect(back?.wishes).toEqual([{ kind: "release", paymentId: "a", reason: "order_cancelled" }]);
  });

  // Invariant I3, whatever payment says and in whatever order: no food without the exact money.
  it("when charges say anything at all, then the order is paid only by an exact approval", () => {
    const word = fc.record({
      status: fc.constantFrom(...CHARGE_STATUSES),
      version: fc.integer({ min: 1, max: 9 }),
      amountCents: fc.constantFrom(4290, 4289, 0),
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        let order = anOrder({ charges: [aCharge({ version: 0 })] });
        for (const difference of words) {
          const before = order;
          order = settle(order, snapshotOf(order, difference), NOW)?.order ?? order;
          if (before.status === "requested" && order.status !== "requested") {
            expect(difference.amountCents).toBe(4290);
            const hasMoney = ["approved", "in_dispute", "partially_refunded"].includes(difference.status);
            expect(order.status === "paid").toBe(hasMoney);
          }
          expect(order.version - before.version).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
