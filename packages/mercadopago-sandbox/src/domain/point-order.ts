import { allow, type Decision, refuse } from "./decision.ts";
import { cancelOrder, changeOrder, type PointOrder, payOrder, type TerminalEvent } from "./order.ts";

/** Why a machine refuses or fails a card (mercadopago: "status-order-transaction" of Point). */
export const terminalRefusals = [
  "failed",
  "bad_filled_card_data",
  "high_risk",
  "rejected_by_issuer",
  "required_call_for_authorize",
  "max_attempts_exceeded",
  "card_disabled",
  "insufficient_amount",
  "amount_limit_exceeded",
  "processing_error",
  "invalid_installments",
  "in_review",
] as const;

/** The machine fetches the charge and shows it. */
export const showAtTerminal = (order: PointOrder, nowMs: number): PointOrder =>
  order.status !== "created"
    ? order
    : {
        ...changeOrder(order, { status: "at_terminal", statusDetail: "at_terminal", updatedMs: nowMs }),
        transactionDetail: "waiting_payment",
      };

/** What was arranged happens, or what the person at the machine does. Only while the machine shows the charge. */
export const endAtTerminal = (
  order: PointOrder,
  end: { event: TerminalEvent; nowMs: number; referenceId: number; paidCents?: number },
): Decision<PointOrder, "not_at_terminal"> => {
  const { event, nowMs, referenceId, paidCents } = end;
  if (order.status !== "at_terminal") return refuse("not_at_terminal");
  const done = { ...order, arranged: null, transactionDetail: event.detail };
  if (event.status !== "processed")
    return allow(changeOrder(done, { status: event.status, statusDetail: detailOf[event.status], updatedMs: nowMs }));
  const paid = payOrder(done, {
    ...event.paidWith,
    paidMs: nowMs,
    referenceId,
    ...(paidCents !== undefined && paidCents !== order.amountCents && { paidCents }),
  });
  return paid.ok ? paid : refuse("not_at_terminal");
};

const detailOf = {
  failed: "failed",
  canceled: "canceled",
  expired: "expired",
  action_required: "check_on_terminal",
} as const;

/**
 * The seller gives a charge up. Before the machine has it: at once. While the machine shows it: only when the seller
 * says so, and then the machine is asked, and answers later (`arranged`).
 */
export const cancelPointOrder = (
  order: PointOrder,
  asked: { nowMs: number; mayCancelAtTerminal: boolean; answerMs: number },
): Decision<PointOrder, "cannot_cancel_order" | "order_already_canceled"> => {
  const { nowMs, mayCancelAtTerminal, answerMs } = asked;
  if (order.status !== "at_terminal") {
    const decision = cancelOrder(order, nowMs);
    return decision.ok ? allow({ ...decision.value, transactionDetail: "canceled_by_api" }) : decision;
  }
  if (!mayCancelAtTerminal) return refuse("cannot_cancel_order");
  const arranged: TerminalEvent = {
    status: "canceled",
    detail: "canceled_by_api",
    paidWith: { methodId: "", methodType: "" },
    dueMs: nowMs + answerMs,
  };
  return allow({ ...changeOrder(order, { updatedMs: nowMs }), arranged, transactionDetail: "cancellation_requested" });
};
