import { addSeconds, type Cents, type Id } from "@comanda/primitives";
import type { Charge, FlowEntry, Refund } from "./charge.ts";
import { isOutcomeUnknown } from "./check-plan.ts";
import { committedCents } from "./refund-sums.ts";
import { isOpen, isUnderWay } from "./transitions.ts";

/** Why somebody should look at a charge. */
export type WorryCode =
  | "refund-not-made-good"
  | "refund-stuck"
  | "money-not-ours"
  | "fraud-alert"
  | "never-ended"
  | "terminal-unclear"
  | "outcome-unknown"
  | "disputed"
  | "charged-back";

/** One reason to look at a charge: since when, and how much hangs on it. */
export type Worry = {
  readonly code: WorryCode;
  readonly since: Date;
  readonly amountCents: Cents;
  readonly refundId: Id | null;
};

const MINUTE_S = 60;
const DAY_S = 86_400;
/** A Pix goes back within seconds; what takes longer than this is looked at by people. */
const STUCK_AFTER_S = 10 * MINUTE_S;
/** Who has not tried a failed refund again for so long has settled it another way. */
const FORGOTTEN_AFTER_S = 30 * DAY_S;
/** The sweeper ends an unknown outcome by itself; what lasts longer than this has a reason. */
const UNKNOWN_AFTER_S = MINUTE_S;
/** How long after its time a charge may still be open, in seconds. */
const ENDED_WITHIN_S = 60 * MINUTE_S;
/** What nobody can tell the house that it was dealt with is shown for so long. */
const SHOWN_FOR_S = 7 * DAY_S;
const TERMINAL_SHOWN_FOR_S = DAY_S;

/** Why somebody should look at this charge now; nothing for nearly all of them. */
export function worriesOf(charge: Charge, now: Date): readonly Worry[] {
  return [
    ...charge.refunds.flatMap((refund) => worryOfRefund(refund, charge, now)),
    ...worryOfDispute(charge, now),
    ...worryOfTerminal(charge, now),
    ...worryOfOutcome(charge, now),
    ...worryOfMoney(charge, now),
    ...worryOfFraud(charge, now),
    ...worryOfEnd(charge, now),
  ];
}

/**
 * Whether there may be such a reason, now or later, that neither the status nor a refund tells: stores mark these
 * charges, so that they are found among all the others.
 */
export function isUnclear(charge: Charge): boolean {
  return (
    (isOutcomeUnknown(charge) && !isOpen(charge.status)) ||
    charge.detail === "check_on_terminal" ||
    charge.entries.some((entry) => isForeignMoney(entry, charge) || warnsOfFraud(entry))
  );
}

function worryOfRefund(refund: Refund, charge: Charge, now: Date): readonly Worry[] {
  const { id: refundId, amountCents, requestedAt, settledAt } = refund;
  if (isUnderWay(refund) && requestedAt <= addSeconds(now, -STUCK_AFTER_S)) {
    return [{ code: "refund-stuck", since: requestedAt, amountCents, refundId }];
  }
  if (!isOpenFailure(refund, charge, now)) return [];
  return [{ code: "refund-not-made-good", since: settledAt ?? requestedAt, amountCents, refundId }];
}

function isOpenFailure(refund: Refund, charge: Charge, now: Date): boolean {
  if (refund.status !== "failed") return false;
  if (refund.settledAt !== null && refund.settledAt < addSeconds(now, -FORGOTTEN_AFTER_S)) return false;
  if (charge.refunds.some(({ idempotencyKey }) => idempotencyKey === `retry-of-${refund.id}`)) return false;
  // The money that should have gone is still here, unless another refund took it along.
  return refund.strayPaymentId !== null || charge.amountCents - committedCents(charge) >= refund.amountCents;
}

function worryOfDispute(charge: Charge, now: Date): readonly Worry[] {
  const { status, entries, amountCents, refundedCents, updatedAt } = charge;
  if (status !== "in_dispute" && status !== "charged_back") return [];
  const began = entries.findLast(({ kind, detail }) => kind === "decision" && detail["status"] === status);
  const since = began?.at ?? updatedAt;
  const code = status === "in_dispute" ? "disputed" : "charged-back";
  if (code === "charged-back" && since < addSeconds(now, -SHOWN_FOR_S)) return [];
  return [{ code, since, amountCents: amountCents - refundedCents, refundId: null }];
}

function worryOfTerminal({ detail, status, updatedAt, amountCents }: Charge, now: Date): readonly Worry[] {
  if (detail !== "check_on_terminal") return [];
  if (!isOpen(status) && updatedAt < addSeconds(now, -TERMINAL_SHOWN_FOR_S)) return [];
  return [{ code: "terminal-unclear", since: updatedAt, amountCents, refundId: null }];
}

function worryOfOutcome(charge: Charge, now: Date): readonly Worry[] {
  const { askedAt, amountCents } = charge;
  if (!isOutcomeUnknown(charge) || askedAt === null || askedAt > addSeconds(now, -UNKNOWN_AFTER_S)) return [];
  return [{ code: "outcome-unknown", since: askedAt, amountCents, refundId: null }];
}

const MONEY: ReadonlySet<unknown> = new Set(["paid", "in_dispute", "charged_back"]);

/**
 * Money that the provider showed and that was not believed to be this charge's. A wrong amount goes back by itself while
 * the charge is unpaid; beside money that was believed, it is a riddle.
 */
function isForeignMoney({ detail }: FlowEntry, { approvedAt }: Charge): boolean {
  const why = detail["not_believed_because"];
  if (why === undefined || !MONEY.has(detail["state"])) return false;
  return why !== "wrong-amount" || approvedAt !== null;
}

function worryOfMoney(charge: Charge, now: Date): readonly Worry[] {
  const newest = charge.entries.findLast((entry) => isForeignMoney(entry, charge));
  if (newest === undefined || newest.at < addSeconds(now, -SHOWN_FOR_S)) return [];
  const amount = newest.detail["amount_cents"];
  const amountCents = typeof amount === "number" ? amount : 0;
  return [{ code: "money-not-ours", since: newest.at, amountCents, refundId: null }];
}

function warnsOfFraud({ detail: { alarms } }: FlowEntry): boolean {
  return Array.isArray(alarms) && alarms.includes("fraud-alert");
}

/** As long as there is money of it that a forger could be served for. */
function worryOfFraud({ entries, status, amountCents }: Charge, now: Date): readonly Worry[] {
  const since = entries.findLast(warnsOfFraud)?.at;
  const isGone = status === "refunded" || status === "charged_back" || status === "cancelled";
  if (since === undefined || isGone || since < addSeconds(now, -SHOWN_FOR_S)) return [];
  return [{ code: "fraud-alert", since, amountCents, refundId: null }];
}

/** Whatever is open is ended within minutes of its time; what is not, the provider does not let end (product I9). */
function worryOfEnd({ status, provider, expiresAt: since, amountCents }: Charge, now: Date): readonly Worry[] {
  if (!isOpen(status) || provider === "counter" || since === null) return [];
  return now < addSeconds(since, ENDED_WITHIN_S) ? [] : [{ code: "never-ended", since, amountCents, refundId: null }];
}
