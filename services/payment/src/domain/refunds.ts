import type { ChargeStatus } from "@comanda/contracts";
import { addSeconds, type Cents, type Id, ok, type Result, refuse } from "@comanda/primitives";
import { changeCharge, type Moment } from "./change-charge.ts";
import type { Charge, FlowEntry, Refund } from "./charge.ts";
import { answeredWith } from "./first-answer.ts";
import type { ProviderResult, RefundAnswer } from "./provider-charge.ts";
import { centsOfLines, type LineRefusal, takeLines, type WantedLine } from "./refund-lines.ts";
import { committedCents, returnedCents, statusByRefunds } from "./refund-sums.ts";
import { canBecome, holdsMoney, isToBeAsked, isUnderWay } from "./transitions.ts";

/** What somebody wants given back; `amountCents` null means all that is left. */
export type RefundRequest = {
  readonly id: Id;
  readonly amountCents: Cents | null;
  /** The lines to give back, instead of an amount. */
  readonly lines?: readonly WantedLine[];
  readonly reason: string;
  /** Who asks, as the flow shows it. */
  readonly actor?: string;
  readonly idempotencyKey: string | null;
  readonly fingerprint: string | null;
};

/** Why no refund can be made. */
export type RefundRefusal =
  | { readonly kind: "not-paid"; readonly status: ChargeStatus }
  | { readonly kind: "exceeds-paid"; readonly leftCents: Cents }
  | { readonly kind: "key-reused" }
  | LineRefusal;

/** A refund that is wanted, and whether the same request was made before. */
export type RefundRequested = { readonly charge: Charge; readonly refund: Refund; readonly isReplay: boolean };

/** A provider's refusal that time may lift: another refund under way, money not yet settled (mercadopago.md §5.4). */
const PASSING = new Set([
  "refund_in_progress",
  "resource_locked",
  "movement_operations_pending",
  "order_payment_not_yet_enabled_for_refund",
  "idempotency_validation_failed",
]);
/** How soon to look at a refund that the provider has begun. */
const LOOK_AFTER_S = 2;
/** A refund without an answer is asked for again after 4 s, 8 s … an hour; it is never forgotten. */
const ASK_AGAIN_S = 2;
const ASK_AGAIN_MAX_S = 3_600;

/**
 * Asks for money back. What is asked, under way and done together never exceeds what was paid; since it is decided on
 * the document that holds all refunds, this is true under any concurrency. At the counter the drawer gives it at once.
 */
export function requestRefund(
  charge: Charge,
  request: RefundRequest,
  moment: Moment,
): Result<RefundRequested, RefundRefusal> {
  const earlier = charge.refunds.find(
    ({ idempotencyKey }) => idempotencyKey !== null && idempotencyKey === request.idempotencyKey,
  );
  if (earlier !== undefined) {
    if (earlier.fingerprint !== request.fingerprint) return refuse({ kind: "key-reused" });
    return ok({ charge, refund: earlier, isReplay: true });
  }
  if (!holdsMoney(charge.status)) return refuse({ kind: "not-paid", status: charge.status });
  const taken = takeLines(charge, request.lines ?? []);
  if (!taken.ok) return taken;
  const lines = taken.value;
  const leftCents = charge.amountCents - committedCents(charge);
  const amountCents = lines.length > 0 ? centsOfLines(lines) : (request.amountCents ?? leftCents);
  if (amountCents > leftCents || amountCents <= 0) return refuse({ kind: "exceeds-paid", leftCents });
  const isCounter = charge.provider === "counter";
  const { id, reason, idempotencyKey, fingerprint } = request;
  const refund: Refund = {
    id,
    amountCents,
    lines,
    reason,
    idempotencyKey,
    fingerprint,
    status: isCounter ? "done" : "requested",
    providerRefundId: null,
    strayPaymentId: null,
    requestedAt: moment.now,
    askedAt: null,
    settledAt: isCounter ? moment.now : null,
  };
  return ok({ charge: addRefund(charge, { refund, actor: request.actor }, moment), refund, isReplay: false });
}

/** The charge with one more refund, which the provider is asked for at once. */
export function addRefund(
  charge: Charge,
  { refund, actor }: { readonly refund: Refund; readonly actor?: string | undefined },
  moment: Moment,
): Charge {
  const refunds = [...charge.refunds, refund];
  const { status, refundedCents } = withRefunds(charge, { refunds, entries: [], checkAt: null, moment });
  const answered = answeredWith(charge, { status, refundedCents, now: moment.now });
  return withRefunds(charge, {
    refunds,
    entries: [requestedEntry(refund, { ...(actor === undefined ? {} : { actor }), ...answered }, moment)],
    checkAt: refund.status === "requested" ? moment.now : null,
    moment,
  });
}

function requestedEntry(refund: Refund, more: FlowEntry["detail"], { now: at }: Moment): FlowEntry {
  const lines = refund.lines.map(({ itemId, quantity, amountCents }) => ({
    item_id: itemId,
    quantity,
    amount_cents: amountCents,
  }));
  const detail = {
    refund_id: refund.id,
    amount_cents: refund.amountCents,
    ...(lines.length === 0 ? {} : { items: lines }),
    reason: refund.reason,
    ...more,
  };
  if (refund.status === "done") return { at, kind: "decision", summary: "refund handed out at the counter", detail };
  return { at, kind: "decision", summary: "refund requested", detail };
}

/** Writes down that the provider is about to be asked for this refund: from here on its outcome is unknown. */
export function noteRefundAsked(charge: Charge, refundId: Id, moment: Moment): Charge {
  const entry: FlowEntry = {
    at: moment.now,
    kind: "request",
    summary: "refund asked of the provider",
    detail: { refund_id: refundId },
  };
  // Whatever becomes of the call, somebody looks again.
  const checkAt = addSeconds(moment.now, askAgainSeconds(charge, refundId));
  const refunds = charge.refunds.map((refund) =>
    refund.id === refundId && isToBeAsked(refund)
      ? { ...refund, status: "unknown" as const, askedAt: refund.askedAt ?? moment.now }
      : refund,
  );
  return changeCharge(charge, { refunds, entries: [entry], checkAt }, moment);
}

function askAgainSeconds(charge: Charge, refundId: Id): number {
  return Math.min(ASK_AGAIN_MAX_S, ASK_AGAIN_S * 2 ** Math.min(timesAsked(charge, refundId) + 1, 12));
}

function timesAsked({ entries }: Charge, refundId: Id): number {
  return entries.filter(({ kind, detail }) => kind === "request" && detail["refund_id"] === refundId).length;
}

/** Says whether the provider has ever been asked for this refund: then one it holds may be this one. */
export function wasAsked(charge: Charge, refundId: Id): boolean {
  return timesAsked(charge, refundId) > 0;
}

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
    entries: [answerEntry(refundId, answer, moment)],
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
  if (answer.outcome === "refused" && !PASSING.has(answer.code)) return { ...refund, status: "failed", settledAt: now };
  if (answer.outcome === "unknown") return { ...refund, status: "unknown" };
  // Surely not taken on, this time; whether an earlier call was is not said by that.
  return timesAsked(charge, refund.id) > 1 ? refund : { ...refund, status: "requested", askedAt: null };
}

function answerEntry(refundId: Id, answer: ProviderResult<RefundAnswer>, { now: at }: Moment): FlowEntry {
  if (answer.outcome === "done") {
    const { providerRefundId, status } = answer.value;
    const detail = { refund_id: refundId, provider_refund_id: providerRefundId, status };
    return { at, kind: "answer", summary: `refund ${status}`, detail };
  }
  const why = answer.outcome === "refused" ? { code: answer.code, status: answer.status } : { reason: answer.reason };
  return { at, kind: "answer", summary: `refund ${answer.outcome}`, detail: { refund_id: refundId, ...why } };
}

/** The charge with other refunds: sum and status follow. A dispute is not changed by them. */
function withRefunds(
  charge: Charge,
  change: {
    readonly refunds: readonly Refund[];
    readonly entries: readonly FlowEntry[];
    readonly checkAt: Date | null;
    readonly moment: Moment;
  },
): Charge {
  const { refunds, entries, checkAt, moment } = change;
  const wanted = statusByRefunds(refunds, charge.amountCents);
  const status = holdsMoney(charge.status) && canBecome({ from: charge.status, to: wanted }) ? wanted : charge.status;
  return changeCharge(
    charge,
    {
      status,
      refunds,
      refundedCents: returnedCents(refunds),
      entries,
      ...(checkAt !== null && refunds.some(isUnderWay) ? { checkAt } : {}),
    },
    moment,
  );
}
