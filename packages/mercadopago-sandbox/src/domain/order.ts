import type { JsonObject } from "../json.ts";
import { allow, type Decision, refuse } from "./decision.ts";

/** States an order can be in. Which of them a type reaches, and how, is in `orderActions`. */
export type OrderStatus =
  | "created"
  | "at_terminal"
  | "processing"
  | "action_required"
  | "processed"
  | "failed"
  | "canceled"
  | "expired"
  | "refunded"
  | "charged_back";

/** What a refund of an order goes through; `failed` means the money stayed with the seller. */
export type OrderRefund = {
  id: string;
  referenceId: number;
  amountCents: number;
  status: "processing" | "processed" | "failed";
  createdMs: number;
};

/** How a buyer paid. */
export type PaidWith = { methodId: string; methodType: string; installments?: number };

/** Money that arrived for an order. `paidCents` is there only when it differs from what was asked (tip, wrong amount). */
export type OrderPayment = PaidWith & { paidMs: number; referenceId: number; paidCents?: number };

/** The till a charge in person belongs to. */
export type Till = { id: number; externalId: string; storeId: number };

/** What every order has, whatever its type. Amounts in centavos, instants in epoch ms of the sandbox clock. */
export type OrderBase = {
  id: string;
  userId: string;
  applicationId: string;
  externalReference: string;
  amountCents: number;
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
  /** Id of the one payment transaction; of an online order without one, empty. */
  paymentId: string;
  /** Text of the code that pays this order, if it has one. */
  qrData: string | null;
  paid: OrderPayment | null;
  refunds: OrderRefund[];
  /** Attempts the buyer saw refused; Mercado Pago does not expose them, only the ledger shows them. */
  refusedAttempts: number;
};

/** A charge in person by QR code. A refused attempt leaves it `created`. */
export type QrOrder = OrderBase & { type: "qr"; mode: "static" | "dynamic" | "hybrid"; pos: Till };

/** What a card machine will do to an order once its time comes. */
export type TerminalEvent = {
  status: "processed" | "failed" | "canceled" | "expired" | "action_required";
  detail: string;
  paidWith: PaidWith;
  dueMs: number;
};

/** A charge in person by card machine. */
export type PointOrder = OrderBase & {
  type: "point";
  terminalId: string;
  pos: Till | null;
  /** The request's `config`, answered back. */
  config: JsonObject;
  /** Detail of the payment transaction; its status is the order's. */
  transactionDetail: string;
  /** Arranged and not yet happened; kept so that a restart does not lose it. */
  arranged: TerminalEvent | null;
};

/** A charge paid at a distance: by card token, or by a Pix code. */
export type OnlineOrder = OrderBase & {
  type: "online";
  pos: null;
  /** `manual`: its payment is tried when the seller says so. */
  processingMode: "automatic" | "manual";
  captureMode: "automatic" | "manual" | "automatic_async";
  payer: JsonObject;
  config: JsonObject | null;
  /** `payment_method` of its one transaction; null while it has none. */
  method: JsonObject | null;
  transactionDetail: string;
  /** Page that shows the code of its Pix. */
  ticketUrl: string | null;
  /** When what is on its way arrives by itself. */
  settlesMs: number | null;
  /** When the code of its Pix will be there; absent when it was at once. */
  pixAtMs?: number;
  /** Page where the bank asks the buyer (3-D Secure); absent while it does not. */
  challengeUrl?: string;
  /** Hosted page of an order that was made without a payment, and what a front end names it by. */
  checkout?: { url: string; clientToken: string };
};

/** An order of the Orders API. */
export type Order = QrOrder | PointOrder | OnlineOrder;

/** What may be done to an order. */
export type OrderAction = "pay" | "cancel" | "expire" | "refund";

const actions: Record<Order["type"], Partial<Record<OrderStatus, readonly OrderAction[]>>> = {
  qr: { created: ["pay", "cancel", "expire"], processed: ["refund"] },
  // What a person at the machine decides is final; `action_required` asks a human to look, and nothing moves it.
  point: { created: ["cancel", "expire"], at_terminal: ["pay", "expire"], processed: ["refund"] },
  online: {
    created: ["cancel", "expire"],
    processing: ["pay", "cancel"],
    action_required: ["pay", "cancel", "expire"],
    processed: ["refund"],
  },
};

/** Which actions an order allows now; rules and pages read the same table. */
export const orderActions = (order: Order): readonly OrderAction[] => {
  const known = actions[order.type][order.status] ?? [];
  return isAtCheckout(order) ? [...known, "pay"] : known;
};

/** Whether its hosted page is open: nobody gave it a payment yet. */
const isAtCheckout = (order: Order): boolean =>
  order.type === "online" && order.status === "created" && order.checkout !== undefined && order.method === null;

/** Whether a phone can pay it now by reading a code. */
export const isPayableByPhone = (order: Order): boolean =>
  orderActions(order).includes("pay") && (order.type === "qr" || (order.type === "online" && order.qrData !== null));

/** What arrived for a paid order, centavos; 0 while nothing did. */
export const paidCentsOf = (order: Order): number =>
  order.paid === null ? 0 : (order.paid.paidCents ?? order.amountCents);

/** A change a seller can see: the version rises. */
export const changeOrder = <T extends Order>(order: T, change: Partial<OrderBase> & { updatedMs: number }): T => ({
  ...order,
  ...change,
  version: order.version + 1,
});

/** The buyer pays: only an open order can be; an expired one only when `isLate` lets money arrive after its time. */
export const payOrder = <T extends Order>(
  order: T,
  payment: OrderPayment,
  { isLate = false }: { isLate?: boolean } = {},
): Decision<T, "already_paid" | "canceled" | "expired"> => {
  if (orderActions(order).includes("pay") || (isLate && order.status === "expired"))
    return allow(
      changeOrder(order, {
        status: "processed",
        statusDetail: "accredited",
        paid: payment,
        updatedMs: payment.paidMs,
      }),
    );
  switch (order.status) {
    case "processed":
    case "refunded":
    case "charged_back":
      return refuse("already_paid");
    case "expired":
      return refuse("expired");
    default:
      return refuse("canceled");
  }
};

/** The seller gives the charge up: only an open order can be cancelled. */
export const cancelOrder = <T extends Order>(
  order: T,
  nowMs: number,
): Decision<T, "cannot_cancel_order" | "order_already_canceled"> => {
  if (order.status === "canceled") return refuse("order_already_canceled");
  if (!orderActions(order).includes("cancel")) return refuse("cannot_cancel_order");
  return allow(changeOrder(order, { status: "canceled", statusDetail: "canceled", updatedMs: nowMs }));
};

/** Whether its time is over and nobody has closed it yet. */
export const isOrderOverdue = (order: Order, nowMs: number): boolean =>
  orderActions(order).includes("expire") && order.expiresMs <= nowMs;

/** The time is over. The caller has checked `isOrderOverdue`. */
export const expireOrder = (order: Order): Order =>
  changeOrder(order, { status: "expired", statusDetail: "expired", updatedMs: order.expiresMs });

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
  if (!orderActions(order).includes("refund")) return refuse("cannot_refund_order");
  if (order.refunds.some((earlier) => earlier.status === "processing")) return refuse("refund_in_progress");
  const { id, referenceId, nowMs, part } = refund;
  if (part !== undefined && part.transactionId !== order.paymentId) return refuse("transaction_not_found");
  const leftCents = paidCentsOf(order) - returnedCents(order);
  const amountCents = part?.amountCents ?? leftCents;
  if (amountCents <= 0) return refuse("property_value", ["'$.transactions[0].amount' - must be greater than 0"]);
  if (amountCents > leftCents) return refuse("refund_amount_exceeds");
  const started: OrderRefund = { id, referenceId, amountCents, status: "processing", createdMs: nowMs };
  return allow(changeOrder(order, { refunds: [...order.refunds, started], updatedMs: nowMs }));
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
  if (settledCents === paidCentsOf(order))
    return changeOrder(order, { ...next, status: "refunded", statusDetail: "refunded" });
  return changeOrder(order, { ...next, statusDetail: settledCents > 0 ? "partially_refunded" : "accredited" });
};
