import { isJsonObject, type JsonObject } from "../json.ts";
import type { CardVerdict } from "./card.ts";
import { allow, type Decision, refuse } from "./decision.ts";
import { changeOrder, type OnlineOrder, payOrder } from "./order.ts";

/** How long the buyer has for the bank's question. */
const challengeMaxMs = 5 * 60_000;

/** What the seller wants of 3-D Secure (`config.online.transaction_security`), as it was sent. */
export const transactionSecurityOf = ({ config }: Pick<OnlineOrder, "config">): JsonObject | null => {
  const online = config?.["online"];
  const security = isJsonObject(online) ? online["transaction_security"] : undefined;
  return isJsonObject(security) ? security : null;
};

// The public test cards that are asked for even where only risk decides.
const riskyCards = ["548392", "536195"];

/** Whether the bank asks the buyer before it answers. */
export const isChallenged = (order: OnlineOrder, card: { firstSix: string }): boolean => {
  const validation = transactionSecurityOf(order)?.["validation"];
  return validation === "always" || (validation === "on_fraud_risk" && riskyCards.includes(card.firstSix));
};

/** The buyer answered the bank, rightly or not. */
export const answerChallenge = (
  order: OnlineOrder,
  answer: { isPassed: boolean; nowMs: number; referenceId: number },
): OnlineOrder =>
  answer.isPassed ? paidOrder(order, answer) : failOrder(order, { detail: "cc_rejected_3ds_challenge", ...answer });

/** The bank answers about the card of an order: paid, reserved, still thinking, refused, or it asks the buyer first. */
export const decideCard = (
  order: OnlineOrder,
  answer: { verdict: CardVerdict; challengeUrl: string | null; nowMs: number; referenceId: number; settleMs: number },
): OnlineOrder => {
  const { verdict, challengeUrl, nowMs, referenceId, settleMs } = answer;
  const updatedMs = nowMs;
  if (verdict.outcome === "rejected") return failOrder(order, { detail: verdict.orderDetail, nowMs });
  if (challengeUrl !== null && verdict.outcome === "approved")
    return {
      ...changeOrder(order, { status: "action_required", statusDetail: "pending_challenge", updatedMs }),
      expiresMs: Math.min(order.expiresMs, nowMs + challengeMaxMs),
      challengeUrl,
    };
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

/** A Pix was asked for, and its code is not there yet: `processing`, to be read again. */
export const prepareTransfer = (order: OnlineOrder, pix: { nowMs: number; pixAtMs: number }): OnlineOrder => ({
  ...changeOrder(order, { status: "processing", statusDetail: "in_process", updatedMs: pix.nowMs }),
  pixAtMs: pix.pixAtMs,
});

/** Whether it still waits for the code of its Pix. */
export const isWithoutCode = ({ status, qrData, pixAtMs }: OnlineOrder): boolean =>
  status === "processing" && qrData === null && pixAtMs !== undefined;

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
