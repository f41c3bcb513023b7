import type { ChargeStatus } from "@comanda/contracts";
import { addSeconds, type Id } from "@comanda/primitives";
import type { Charge, NamedEntry, UnsentEvent } from "./charge.ts";
import { planNextCheck } from "./check-plan.ts";
import { missingEntries } from "./ledger.ts";
import { refundingCents } from "./refund-sums.ts";
import { toSnapshot } from "./snapshot.ts";

/** The circumstances of a decision: time, names for new things, dice, and the trace that led to it. */
export type Moment = {
  readonly now: Date;
  readonly newId: () => Id;
  /** 0 ≤ x < 1; spreads the questions to the provider. */
  readonly random: () => number;
  readonly traceparent: string | null;
};

/** What a decision changes; the rest (version, times, event, plan) follows from it. */
export type Change = Partial<
  Pick<
    Charge,
    | "status"
    | "refundedCents"
    | "providerId"
    | "providerPaymentId"
    | "endToEndId"
    | "qrCode"
    | "paymentLink"
    | "detail"
    | "expiresAt"
    | "approvedAt"
    | "making"
    | "askedAt"
    | "refunds"
  >
> & {
  readonly entries?: readonly NamedEntry[];
  /** Another moment for the next question than the plan's own. */
  readonly checkAt?: Date;
};

/**
 * The next version of a charge. A new status, or more money given back, is written into the flow and said to the other
 * services, both in the same document as the change itself, so that neither can be lost alone.
 */
export function changeCharge(charge: Charge, change: Change, moment: Moment): Charge {
  const { entries = [], checkAt, ...fields } = change;
  const isNewStatus = fields.status !== undefined && fields.status !== charge.status;
  const isNews =
    isNewStatus || hasOtherRefunds(charge, fields) || (fields.detail !== undefined && fields.detail !== charge.detail);
  const next: Charge = {
    ...charge,
    ...fields,
    making: (fields.providerId ?? charge.providerId) === null ? (fields.making ?? charge.making) : "settled",
    checks: isNewStatus ? 0 : charge.checks,
    entries: [...charge.entries, ...entries],
    version: charge.version + 1,
    updatedAt: moment.now,
  };
  const booked = { ...next, ledger: [...next.ledger, ...missingEntries(next, moment.now)] };
  const told = isNews ? withEvent(booked, charge.status, moment) : booked;
  return { ...told, nextCheckAt: checkAt ?? planNextCheck(told, moment) };
}

/** Whether more or less is back, or on its way back, than before: what is left to the order is another sum. */
function hasOtherRefunds(charge: Charge, { refundedCents, refunds }: Change): boolean {
  if (refundedCents !== undefined && refundedCents !== charge.refundedCents) return true;
  return refunds !== undefined && refundingCents(refunds) !== refundingCents(charge.refunds);
}

/** The charge after one more question that brought nothing new: only the rhythm of questions moves. */
export function noteUnchanged(charge: Charge, moment: Moment): Charge {
  const next = { ...charge, checks: charge.checks + 1, version: charge.version + 1, updatedAt: moment.now };
  return { ...next, nextCheckAt: planNextCheck(next, moment) };
}

/** Seconds until what got no answer is asked again: well within the minute in which all resumes (reliability PA-18). */
const UNANSWERED_S = { min: 20, max: 40 };

/**
 * The charge after a question that got no answer: whatever was to be found out still is. The rhythm does not grow by it,
 * or a night without the provider would hide for a day what it has to say in the morning.
 */
export function noteUnanswered(charge: Charge, moment: Moment): Charge {
  const next = { ...charge, version: charge.version + 1, updatedAt: moment.now };
  const { min, max } = UNANSWERED_S;
  const again = addSeconds(moment.now, min + (max - min) * moment.random());
  const planned = planNextCheck(next, moment);
  return { ...next, nextCheckAt: planned !== null && planned < again ? planned : again };
}

/** Writes into the flow what was decided, and appends the event that says so. */
export function withEvent(charge: Charge, from: ChargeStatus | null, moment: Moment): Charge {
  const event: UnsentEvent = {
    id: moment.newId(),
    type: `comanda.payment.${charge.status}`,
    at: moment.now,
    data: toSnapshot(charge),
    traceparent: moment.traceparent,
    attempts: 0,
    availableAt: moment.now,
    lockedUntil: null,
    parkedAt: null,
    lastError: null,
  };
  const { now: at } = moment;
  const { status, version } = charge;
  const summary = from === null ? status : `${from} → ${status}`;
  const decision: NamedEntry = {
    at,
    kind: "decision",
    code: from === status ? "status-kept" : "status-changed",
    summary,
    detail: { status },
  };
  const said: NamedEntry = {
    at,
    kind: "event",
    code: "event-written",
    summary: event.type,
    detail: { event_id: event.id, version },
  };
  return {
    ...charge,
    entries: [...charge.entries, decision, said],
    unsent: [...charge.unsent, event],
  };
}
