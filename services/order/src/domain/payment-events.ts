import type { PaymentCancelled, PaymentRequested, RefundRequested } from "@comanda/contracts";
import type { Id } from "@comanda/primitives";
import type { Charge, Order, PaymentWish } from "./order.ts";
import type { OrderDraft } from "./place-order.ts";

export const PAYMENT_REQUESTED = "comanda.order.payment_requested";
const PAYMENT_CANCELLED = "comanda.order.payment_cancelled";
const REFUND_REQUESTED = "comanda.order.refund_requested";

/** Seconds that a QR has to come by the direct way before the event is sent to bring it. */
export const SAFETY_NET_S = 5;

/** What payment is told of an order that wants a charge. The number is not known before the order is written. */
export function requestOf(order: OrderDraft, charge: Charge): Omit<PaymentRequested, "description"> {
  return {
    payment_id: charge.paymentId,
    order_id: order.id,
    attempt: charge.attempt,
    customer_id: payerOf(order),
    amount_cents: charge.amountCents,
    currency: "BRL",
    method: charge.method,
    items: itemsOf(order),
    order_expires_at: order.expiresAt.toISOString(),
    device_id: charge.deviceId,
  };
}

/**
 * Whose the charge is. Payment lets its customer read it and does not know sessions: the charge of an order that was
 * given by a CPF alone is nobody's there, and is read in the order (docs/adr/0029).
 */
export function payerOf(order: Pick<Order, "customerId" | "sessionId">): Id | null {
  return order.sessionId === null ? order.customerId : null;
}

/** What the payer reads; the number is in it, so that the guest is found when the totem has moved on. */
export function descriptionOf(number: number): string {
  return `Pedido ${number}`;
}

/** The lines as the provider shows them to the payer. */
export function itemsOf(order: Pick<Order, "lines">): PaymentRequested["items"] {
  return order.lines.map(({ id, name, quantity, unitPriceCents }) => ({
    id,
    title: name,
    quantity,
    unit_price_cents: unitPriceCents,
  }));
}

/** An event as the order says it to payment. */
export type PaymentEvent =
  | { readonly type: typeof PAYMENT_REQUESTED; readonly data: PaymentRequested }
  | { readonly type: typeof PAYMENT_CANCELLED; readonly data: PaymentCancelled }
  | { readonly type: typeof REFUND_REQUESTED; readonly data: RefundRequested };

export function eventOf(order: Order, wish: PaymentWish): PaymentEvent {
  if (wish.kind === "charge") {
    const data = { ...requestOf(order, wish.charge), description: descriptionOf(order.number) };
    return { type: PAYMENT_REQUESTED, data };
  }
  if (wish.kind === "refund-line") return { type: REFUND_REQUESTED, data: refundOf(order.id, wish) };
  return { type: PAYMENT_CANCELLED, data: releaseOf(order.id, wish) };
}

function refundOf(orderId: Id, wish: Extract<PaymentWish, { kind: "refund-line" }>): RefundRequested {
  const { id, quantity, totalCents } = wish.line;
  const items = [{ id, quantity }];
  return { payment_id: wish.paymentId, order_id: orderId, items, amount_cents: totalCents, reason: "item_refused" };
}

function releaseOf(orderId: Id, wish: Extract<PaymentWish, { kind: "release" }>): PaymentCancelled {
  return { payment_id: wish.paymentId, order_id: orderId, reason: wish.reason };
}
