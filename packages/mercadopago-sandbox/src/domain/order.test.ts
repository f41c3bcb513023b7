import { describe, expect, it } from "vitest";
import {
  cancelOrder,
  expireOrder,
  isOrderOverdue,
  type Order,
  type OrderStatus,
  payOrder,
  settleRefund,
  startRefund,
} from "./order.ts";

const open: Order = {
  id: "ORDTST0",
  userId: "1",
  applicationId: "1",
  externalReference: "r",
  amountCents: 1000,
  type: "qr",
  mode: "dynamic",
  pos: { id: 1, externalId: "P", storeId: 1 },
  echo: {},
  expirationTime: "PT5M",
  createdMs: 0,
  updatedMs: 0,
  expiresMs: 300_000,
  status: "created",
  statusDetail: "created",
  version: 1,
  paymentId: "PAY1",
  qrData: null,
  paid: null,
  refunds: [],
  refusedAttempts: 0,
};
const payment = { methodId: "pix", methodType: "bank_transfer", paidMs: 5, referenceId: 9 };
const inStatus = (status: OrderStatus): Order => ({
  ...open,
  status,
  paid: status === "processed" || status === "refunded" ? payment : null,
});
const paid = (): Order => {
  const decision = payOrder(open, payment);
  if (!decision.ok) throw new Error(decision.code);
  return decision.value;
};
const refunding = (amountCents: number, order = paid()): Order => {
  const decision = startRefund(order, {
    id: `REF${order.version}`,
    referenceId: 1,
    nowMs: 6,
    part: { transactionId: "PAY1", amountCents },
  });
  if (!decision.ok) throw new Error(decision.code);
  return decision.value;
};
const codeOf = (decision: { ok: true } | { ok: false; code: string }) => (decision.ok ? "ok" : decision.code);

describe("states of an order", () => {
  const expected: Partial<Record<OrderStatus, { pay: string; cancel: string; refund: string }>> = {
    created: { pay: "ok", cancel: "ok", refund: "cannot_refund_order" },
    processed: { pay: "already_paid", cancel: "cannot_cancel_order", refund: "ok" },
    canceled: { pay: "canceled", cancel: "order_already_canceled", refund: "cannot_refund_order" },
    expired: { pay: "expired", cancel: "cannot_cancel_order", refund: "cannot_refund_order" },
    refunded: { pay: "already_paid", cancel: "cannot_cancel_order", refund: "order_already_refunded" },
  };
  for (const [status, outcome] of Object.entries(expected)) {
    it(`when an order is ${status}, then each action ends as the table says`, () => {
      const order = inStatus(status as OrderStatus); // a key of the table above
      expect({
        pay: codeOf(payOrder(order, payment)),
        cancel: codeOf(cancelOrder(order, 1)),
        refund: codeOf(startRefund(order, { id: "REF", referenceId: 1, nowMs: 1 })),
      }).toEqual(outcome);
    });
  }

  it("when an order changes, then its version rises by one and the old value stays as it was", () => {
    expect(paid().version).toBe(2);
    expect(expireOrder(open)).toMatchObject({ status: "expired", version: 2, updatedMs: 300_000 });
    expect(open).toMatchObject({ status: "created", version: 1, paid: null });
  });

  it("when its time is over, then only an open order is overdue", () => {
    expect(isOrderOverdue(open, 299_999)).toBe(false);
    expect(isOrderOverdue(open, 300_000)).toBe(true);
    expect(isOrderOverdue(paid(), 300_000)).toBe(false);
  });
});

describe("refunds of an order", () => {
  it("when a refund is under way, then no second one starts", () => {
    expect(codeOf(startRefund(refunding(100), { id: "R2", referenceId: 2, nowMs: 7 }))).toBe("refund_in_progress");
  });

  it("when parts add up to the amount, then the order is refunded and never before", () => {
    const first = settleRefund(refunding(400), { refundId: "REF2", outcome: "processed", nowMs: 7 });
    expect(first).toMatchObject({ status: "processed", statusDetail: "partially_refunded" });
    const second = refunding(600, first);
    const last = settleRefund(second, { refundId: second.refunds[1]?.id ?? "", outcome: "processed", nowMs: 8 });
    expect(last).toMatchObject({ status: "refunded", statusDetail: "refunded" });
  });

  it("when more than what is left is asked, then it is refused", () => {
    const first = settleRefund(refunding(400), { refundId: "REF2", outcome: "processed", nowMs: 7 });
    const part = { transactionId: "PAY1", amountCents: 601 };
    expect(codeOf(startRefund(first, { id: "R", referenceId: 1, nowMs: 8, part }))).toBe("refund_amount_exceeds");
  });

  it("when a refund fails, then the money counts as kept and may be refunded again", () => {
    const failed = settleRefund(refunding(1000), { refundId: "REF2", outcome: "failed", nowMs: 7 });
    expect(failed).toMatchObject({ status: "processed", statusDetail: "accredited" });
    expect(codeOf(startRefund(failed, { id: "R", referenceId: 1, nowMs: 8 }))).toBe("ok");
  });

  it("when the transaction is another one's or the amount is nothing, then it is refused", () => {
    const refund = { id: "R", referenceId: 1, nowMs: 8 };
    expect(codeOf(startRefund(paid(), { ...refund, part: { transactionId: "PAY2", amountCents: 1 } }))).toBe(
      "transaction_not_found",
    );
    expect(codeOf(startRefund(paid(), { ...refund, part: { transactionId: "PAY1", amountCents: 0 } }))).toBe(
      "property_value",
    );
  });
});
