import type { JsonObject } from "../json.ts";
import { allow, type Decision, refuse } from "./decision.ts";

/** States of a QR order (mercadopago: "status-order-transaction"). A refused attempt leaves it `created`. */
export type OrderStatus = "created" | "processed" | "canceled" | "expired" | "refunded";

/** What a refund of an order goes through; `failed` means the money stayed with the seller. */
export type OrderRefund = {
  id: string;
  referenceId: number;
  amountCents: number;
  status: "processing" | "processed" | "failed";
  createdMs: number;
};

/** How a buyer paid. */
export type PaidWith = { methodId: string; methodType: string };

/** A charge in person by QR code. Amounts in centavos, instants in epoch ms of the sandbox clock. */
export type Order = {
  id: string;
  userId: string;
  applicationId: string;
  externalReference: string;
  amountCents: number;
  mode: "static" | "dynamic" | "hybrid";
  pos: { id: number; externalId: string; storeId: number };
  /** Request members that are answered back as they came. */
  echo: { description?: string; items?: JsonObject[]; discounts?: JsonObject; integrationData?: JsonObject };
  expirationTime: string;
  createdMs: number;
  updatedMs: number;
  expiresMs: number;
  status: OrderStatus;
  statusDetail: string;
  /** Rises with each change a seller can see. */
  version: number;
  paymentId: string;
  qrData: string | null;
  paid: (PaidWith & { paidMs: number; referenceId: number }) | null;
  refunds: OrderRefund[];
  /** Attempts the buyer saw refused; Mercado Pago does not expose them, only the ledger shows them. */
  refusedAttempts: number;
};

/** Which actions a state allows; rules and the wallet page read the same table. */
export const orderActions: Record<OrderStatus, readonly ("pay" | "cancel" | "expire" | "refund")[]> = {
  created: ["pay", "cancel", "expire"],
  processed: ["refund"],
  canceled: [],
  expired: [],
  refunded: [],
};

const changed = (order: Order, change: Partial<Order> & { updatedMs: number }): Order => ({
  ...order,
  ...change,
  version: order.version + 1,
});

/** The buyer pays: only an open order can be. */
export const payOrder = (
  order: Order,
  payment: PaidWith & { paidMs: number; referenceId: number },
): Decision<Order, "already_paid" | "canceled" | "expired"> => {
  switch (order.status) {
    case "created":
      return allow(
        changed(order, {
          status: "processed",
          statusDetail: "accredited",
          paid: payment,
          updatedMs: payment.paidMs,
        }),
      );
    case "processed":
    case "refunded":
      return refuse("already_paid");
    case "canceled":
      return refuse("canceled");
    case "expired":
      return refuse("expired");
  }
};

/** The seller gives the charge up: only an open order can be cancelled. */
export const cancelOrder = (
  order: Order,
  nowMs: number,
): Decision<Order, "cannot_cancel_order" | "order_already_canceled"> => {
  if (order.status === "canceled") return refuse("order_already_canceled");
  if (!orderActions[order.status].includes("cancel")) return refuse("cannot_cancel_order");
  return allow(changed(order, { status: "canceled", statusDetail: "canceled", updatedMs: nowMs }));
};

/** Whether its time is over and nobody has closed it yet. */
export const isOrderOverdue = (order: Order, nowMs: number): boolean =>
  orderActions[order.status].includes("expire") && order.expiresMs <= nowMs;

/** The time is over. The caller has checked `isOrderOverdue`. */
export const expireOrder = (order: Order): Order =>
  changed(order, { status: "expired", statusDetail: "expired", updatedMs: order.expiresMs });

/** What has gone back or is on its way back, centavos. */
export const returnedCents = (order: Order): number =>
  order.refunds.reduce((sum, refund) => (refund.status === "failed" ? sum : sum + refund.amountCents), 0);

/** Why an order cannot be refunded now. */
export type RefundRefusal =
  | "cannot_refund_order"
  | "order_already_refunded"
  | "refund_in_progress"
  | "transaction_not_found"
  | "property_value"
  | "refund_amount_exceeds";

/** Starts a refund, whole (no `part`) or partial. The answer still says `processed`; `settleRefund` ends it. */
export const startRefund = (
  order: Order,
  refund: { id: string; referenceId: number; nowMs: number; part?: { transactionId: string; amountCents: number } },
): Decision<Order, RefundRefusal> => {
  if (order.status === "refunded") return refuse("order_already_refunded");
  if (!orderActions[order.status].includes("refund")) return refuse("cannot_refund_order");
  if (order.refunds.some((earlier) => earlier.status === "processing")) return refuse("refund_in_progress");
  const { id, referenceId, nowMs, part } = refund;
  if (part !== undefined && part.transactionId !== order.paymentId) return refuse("transaction_not_found");
  const leftCents = order.amountCents - returnedCents(order);
  const amountCents = part?.amountCents ?? leftCents;
  if (amountCents <= 0) return refuse("property_value", ["'$.transactions[0].amount' - must be greater than 0"]);
  if (amountCents > leftCents) return refuse("refund_amount_exceeds");
  const started: OrderRefund = { id, referenceId, amountCents, status: "processing", createdMs: nowMs };
  return allow(changed(order, { refunds: [...order.refunds, started], updatedMs: nowMs }));
};

/** Ends a refund that was under way; the order is `refunded` once everything went back. */
export const settleRefund = (
  order: Order,
  end: { refundId: string; outcome: "processed" | "failed"; nowMs: number },
): Order => {
  const refunds = order.refunds.map((refund) =>
    refund.id === end.refundId ? { ...refund, status: end.outcome } : refund,
  );
  const settledCents = refunds.reduce(
    (sum, refund) => (refund.status === "processed" ? sum + refund.amountCents : sum),
    0,
  );
  const next = { refunds, updatedMs: end.nowMs };
  if (settledCents === order.amountCents)
    return changed(order, { ...next, status: "refunded", statusDetail: "refunded" });
  return changed(order, { ...next, statusDetail: settledCents > 0 ? "partially_refunded" : "accredited" });
};
