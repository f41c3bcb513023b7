import type { ChargeStatus } from "@comanda/contracts";
import { addSeconds, type Cents, type Id, ok, type Result, refuse } from "@comanda/primitives";
import { changeCharge, type Moment } from "./change-charge.ts";
import type { Charge, FlowEntry, NamedEntry, Refund } from "./charge.ts";
import { answeredWith } from "./first-answer.ts";
import { centsOfLines, type LineRefusal, takeLines, type WantedLine } from "./refund-lines.ts";
import { committedCents, refundingCents, returnedCents, statusByRefunds } from "./refund-sums.ts";
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
  | { readonly kind: "too-late" }
  | { readonly kind: "key-reused" }
  | LineRefusal;

/** A refund that is wanted, and whether the same request was made before. */
export type RefundRequested = { readonly charge: Charge; readonly refund: Refund; readonly isReplay: boolean };

/** No family of the provider gives money back after this (provider §6.5); each may refuse it sooner. */
const WINDOW_S = 360 * 86_400;
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
  if (isTooLate(charge, moment)) return refuse({ kind: "too-late" });
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

/** Money of the drawer can be handed back whenever somebody likes. */
function isTooLate({ provider, approvedAt }: Charge, { now }: Moment): boolean {
  return provider === "mercadopago" && approvedAt !== null && now > addSeconds(approvedAt, WINDOW_S);
}

/** The charge with one more refund, which the provider is asked for at once. */
export function addRefund(
  charge: Charge,
  { refund, actor }: { readonly refund: Refund; readonly actor?: string | undefined },
  moment: Moment,
): Charge {
  const refunds = [...charge.refunds, refund];
  const { status, refundedCents } = withRefunds(charge, { refunds, entries: [], checkAt: null, moment });
  const answered = answeredWith(charge, {
    status,
    refundedCents,
    refundingCents: refundingCents(refunds),
    now: moment.now,
  });
  return withRefunds(charge, {
    refunds,
    entries: [requestedEntry(refund, { ...(actor === undefined ? {} : { actor }), ...answered }, moment)],
    checkAt: refund.status === "requested" ? moment.now : null,
    moment,
  });
}

function requestedEntry(refund: Refund, more: FlowEntry["detail"], { now: at }: Moment): NamedEntry {
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
  if (refund.status === "done") {
    return { at, kind: "decision", code: "refund-handed-out", summary: "refund handed out at the counter", detail };
  }
  return { at, kind: "decision", code: "refund-wanted", summary: "refund requested", detail };
}

/** Writes down that the provider is about to be asked for this refund: from here on its outcome is unknown. */
export function noteRefundAsked(charge: Charge, refundId: Id, moment: Moment): Charge {
  const entry: NamedEntry = {
    at: moment.now,
    kind: "request",
    code: "refund-asked",
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

/** How often the provider was asked for this refund. */
export function timesAsked({ entries }: Charge, refundId: Id): number {
  return entries.filter(({ kind, detail }) => kind === "request" && detail["refund_id"] === refundId).length;
}

/** Says whether the provider has ever been asked for this refund: then one it holds may be this one. */
export function wasAsked(charge: Charge, refundId: Id): boolean {
  return timesAsked(charge, refundId) > 0;
}

/** The charge with other refunds: sum and status follow. A dispute is not changed by them. */
export function withRefunds(
  charge: Charge,
  change: {
    readonly refunds: readonly Refund[];
    readonly entries: readonly NamedEntry[];
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
