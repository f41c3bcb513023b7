import type { CardVerdict } from "./card.ts";
import { allow, type Decision, refuse } from "./decision.ts";
import { changeOrder, type OnlineOrder, payOrder } from "./order.ts";

/** The bank answers about the card of an order: paid, reserved, still thinking, or refused. */
export const decideCard = (
  order: OnlineOrder,
  answer: { verdict: CardVerdict; nowMs: number; referenceId: number; settleMs: number },
): OnlineOrder => {
  const { verdict, nowMs, referenceId, settleMs } = answer;
  const updatedMs = nowMs;
  if (verdict.outcome === "rejected") return failOrder(order, { detail: verdict.orderDetail, nowMs });
  const isReview = verdict.outcome === "pending";
  if (isReview || order.captureMode === "automatic_async") {
    const next = changeOrder(order, { status: "processing", statusDetail: "in_process", updatedMs });
    return { ...next, settlesMs: isReview ? null : nowMs + settleMs };
  }
  if (order.captureMode === "manual")
    return changeOrder(order, { status: "action_required", statusDetail: "waiting_capture", updatedMs });
  return paidOrder(order, { nowMs, referenceId });
};

/** The attempt failed; the order is over. */
export const failOrder = (order: OnlineOrder, failure: { detail: string; nowMs: number }): OnlineOrder => ({
  ...changeOrder(order, { status: "failed", statusDetail: "failed", updatedMs: failure.nowMs }),
  transactionDetail: failure.detail,
});

/** A Pix is generated and waits for its transfer. */
export const awaitTransfer = (
  order: OnlineOrder,
  pix: { qrData: string; ticketUrl: string; nowMs: number; settlesMs: number | null },
): OnlineOrder => ({
  ...changeOrder(order, {
    status: "action_required",
    statusDetail: "waiting_transfer",
    qrData: pix.qrData,
    updatedMs: pix.nowMs,
  }),
  ticketUrl: pix.ticketUrl,
  settlesMs: pix.settlesMs,
});

const paidOrder = (order: OnlineOrder, paid: { nowMs: number; referenceId: number }): OnlineOrder => {
  const processing: OnlineOrder = { ...order, status: "processing", statusDetail: "in_process", settlesMs: null };
  const decision = payOrder(processing, { ...paidWithOf(order), paidMs: paid.nowMs, referenceId: paid.referenceId });
  return decision.ok ? decision.value : order;
};

/** How the order's transaction pays. */
export const paidWithOf = ({ method }: OnlineOrder) => ({
  methodId: String(method?.["id"] ?? "pix"),
  methodType: String(method?.["type"] ?? "bank_transfer"),
  installments: Number(method?.["installments"] ?? 1),
});

/** The seller takes what was reserved. */
export const captureOrder = (
  order: OnlineOrder,
  capture: { nowMs: number; referenceId: number },
): Decision<OnlineOrder, "cannot_capture_order"> => {
  const isReserved = order.status === "action_required" && order.statusDetail === "waiting_capture";
  const isSettling = order.status === "processing" && order.settlesMs !== null;
  return isReserved || isSettling ? allow(paidOrder(order, capture)) : refuse("cannot_capture_order");
};

/** What was on its way arrives by itself: an asynchronous capture, the Pix of a test payer. */
export const settleOrder = (order: OnlineOrder, settle: { nowMs: number; referenceId: number }): OnlineOrder => {
  const isWaiting = order.status === "processing" || order.statusDetail === "waiting_transfer";
  return order.settlesMs !== null && isWaiting ? paidOrder(order, settle) : order;
};
