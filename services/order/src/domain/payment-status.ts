import type { OrderPaymentStatus, OrderStatus } from "@comanda/contracts";
import { chargeState } from "./charge-state.ts";
import { type Charge, currentCharge, type Order } from "./order.ts";

/**
 * Where the money of an order stands: derived from its charges, never set by hand. Money that is here outweighs money
 * that leaves, which outweighs what the present attempt says. An order that ended says so of the money it no longer
 * wants, before payment has confirmed it.
 */
export function paymentStatusOf(order: {
  readonly status: OrderStatus;
  readonly charges: readonly Charge[];
}): OrderPaymentStatus {
  const { status, charges } = order;
  const isOver = status === "cancelled" || status === "rejected";
  const held = charges.find((charge) => chargeState(charge.status) === "held");
  if (held !== undefined) return isOver ? "refund_pending" : ofCharge(held);
  if (charges.some((charge) => charge.status === "refund_pending")) return "refund_pending";
  const current = currentCharge({ charges });
  if (current === null) return isOver ? "cancelled" : "approved";
  // Money that came by an older attempt and went back says more than an attempt that never brought any.
  const returned = charges.find((charge) => chargeState(charge.status) === "returned");
  if (chargeState(current.status) !== "open" && returned !== undefined) return ofCharge(returned);
  if (isOver && chargeState(current.status) === "open") return "cancelled";
  return ofCharge(current);
}

/**
 * Whether some of the money is here to cook for (I3). A part that goes back, or is on its way, is somebody's decision;
 * all of it is the end of the order.
 */
export function isMoneyHere(order: Pick<Order, "totalCents" | "paymentStatus" | "charges">): boolean {
  const { totalCents, paymentStatus, charges } = order;
  if (totalCents === 0 || paymentStatus === "approved" || paymentStatus === "partially_refunded") return true;
  return paymentStatus === "refund_pending" && charges.some(isPartLeft);
}

function isPartLeft({ status, amountCents, refundedCents, refundingCents }: Charge): boolean {
  return status === "refund_pending" && refundedCents + refundingCents < amountCents;
}

/** Whether money had come and nothing of it is left here (T20): what is still open brings none any more. */
export function isAllReturned(charges: readonly Charge[]): boolean {
  const isHere = ({ status }: Charge) => ["held", "returning"].includes(chargeState(status));
  return charges.some(({ status }) => status === "refunded") && !charges.some(isHere);
}

function ofCharge(charge: Charge): OrderPaymentStatus {
  switch (charge.status) {
    case "created":
      // A cashier needs no provider: the guest can pay as soon as the order exists.
      return charge.method === "counter" ? "awaiting_payment" : "pending";
    case "pending":
      return "awaiting_payment";
    case "failed":
      // A word of its own would help nobody: the guest has to choose another way, as after a refusal.
      return "rejected";
    case "in_dispute":
      return "approved";
    case "in_process":
    case "approved":
    case "rejected":
    case "expired":
    case "cancelled":
    case "refund_pending":
    case "partially_refunded":
    case "refunded":
    case "charged_back":
      return charge.status;
  }
}
