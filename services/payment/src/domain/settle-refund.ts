import { addSeconds, type Id } from "@comanda/primitives";
import type { Moment } from "./change-charge.ts";
import type { Charge, NamedEntry, Refund } from "./charge.ts";
import type { ProviderResult, RefundAnswer } from "./provider-charge.ts";
import { timesAsked, withRefunds } from "./refunds.ts";
import { isToBeAsked } from "./transitions.ts";

/** A provider's refusal that time may lift: another refund under way, money not yet settled (provider §5.4). */
const PASSING = new Set([
  "refund_in_progress",
  "resource_locked",
  "movement_operations_pending",
  "order_payment_not_yet_enabled_for_refund",
  "idempotency_validation_failed",
]);
/**
 * What the family of payments answers to everything it does not like, and also while the central bank still works on a
 * Pix that does go back (provider §4.4): believed when it was said so often.
 */
const SAYS_LITTLE = new Set(["bad_request", "status-400"]);
const BELIEVED_AFTER = 4;
/** How soon to look at a refund that the provider has begun. */
const LOOK_AFTER_S = 2;

/** Takes in what the provider answered to a refund. No answer leaves it `requested`: asked again with the same key. */
export function settleRefund(
  charge: Charge,
  { refundId, answer }: { readonly refundId: Id; readonly answer: ProviderResult<RefundAnswer> },
  moment: Moment,
): Charge {
  const refund = charge.refunds.find(({ id }) => id === refundId);
  if (refund === undefined || refund.status === "done" || refund.status === "failed") return charge;
  const twin = twinOf(charge, refund, answer);
  const answered = afterAnswer(charge, refund, { answer, moment });
  const settled = twin === undefined ? answered : { ...answered, amountCents: twin.amountCents };
  return withRefunds(charge, {
    refunds: charge.refunds.filter((one) => one !== twin).map((one) => (one.id === refundId ? settled : one)),
    entries: [answerEntry(refund, { answer, isDoubted: isDoubted(charge, refund, answer) }, moment)],
    checkAt: isToBeAsked(settled) ? charge.nextCheckAt : addSeconds(moment.now, LOOK_AFTER_S),
    moment,
  });
}

/**
 * What a read found at the provider before the answer came, and took for somebody else's because it gave back less than
 * was asked (a part had gone back in the panel): it is this very refund.
 */
function twinOf(charge: Charge, refund: Refund, answer: ProviderResult<RefundAnswer>): Refund | undefined {
  if (answer.outcome !== "done") return undefined;
  const { providerRefundId } = answer.value;
  return charge.refunds.find((other) => other.id !== refund.id && other.providerRefundId === providerRefundId);
}

function afterAnswer(
  charge: Charge,
  refund: Refund,
  { answer, moment: { now } }: { readonly answer: ProviderResult<RefundAnswer>; readonly moment: Moment },
): Refund {
  if (answer.outcome === "done") {
    const { providerRefundId, status } = answer.value;
    return { ...refund, providerRefundId, status, settledAt: status === "in_process" ? null : now };
  }
  if (answer.outcome === "unknown" || isDoubted(charge, refund, answer)) return { ...refund, status: "unknown" };
  if (answer.outcome === "refused" && !PASSING.has(answer.code)) return { ...refund, status: "failed", settledAt: now };
  // Surely not taken on, this time; whether an earlier call was is not said by that.
  return timesAsked(charge, refund.id) > 1 ? refund : { ...refund, status: "requested", askedAt: null };
}

/** A refusal that may not be one: the refund is looked for before it is asked for again. */
function isDoubted(charge: Charge, refund: Refund, answer: ProviderResult<RefundAnswer>): boolean {
  return answer.outcome === "refused" && SAYS_LITTLE.has(answer.code) && timesAsked(charge, refund.id) < BELIEVED_AFTER;
}

const ANSWERED = { in_process: "refund-in-process", done: "refund-done", failed: "refund-failed" } as const;
const UNSETTLED = {
  refused: "refund-refused",
  doubted: "refund-doubted",
  unknown: "refund-unanswered",
  unavailable: "refund-not-reached",
} as const;

function answerEntry(
  { id: refundId }: Refund,
  { answer, isDoubted }: { readonly answer: ProviderResult<RefundAnswer>; readonly isDoubted: boolean },
  { now: at }: Moment,
): NamedEntry {
  if (answer.outcome === "done") {
    const { providerRefundId, status } = answer.value;
    const detail = { refund_id: refundId, provider_refund_id: providerRefundId, status };
    return { at, kind: "answer", code: ANSWERED[status], summary: `refund ${status}`, detail };
  }
  const why = answer.outcome === "refused" ? { code: answer.code, status: answer.status } : { reason: answer.reason };
  const word = isDoubted ? "doubted" : answer.outcome;
  return {
    at,
    kind: "answer",
    code: UNSETTLED[word],
    summary: `refund ${word}`,
    detail: { refund_id: refundId, ...why },
  };
}
