import type { ChargeStatus } from "@comanda/contracts";
import { addSeconds } from "@comanda/primitives";
import { type Change, changeCharge, type Moment, noteUnchanged } from "./change-charge.ts";
import type { Charge, FlowEntry, NamedEntry } from "./charge.ts";
import { SAID } from "./flow-codes.ts";
import { matchRefunds } from "./match-refunds.ts";
import type { ProviderCharge, ProviderState, StrayPayment } from "./provider-charge.ts";
import { returnedCents, statusByRefunds } from "./refund-sums.ts";
import { matchStrays } from "./stray-money.ts";
import { canBecome, isOpen, isToBeAsked, isUnderWay } from "./transitions.ts";

/** What people must hear of at once; written into the flow and logged as an error. */
type Alarm =
  | "wrong-reference"
  | "wrong-amount"
  | "wrong-currency"
  | "paid-twice"
  | "paid-late"
  | "refund-failed"
  | "refunded-elsewhere"
  | "disputed"
  | "terminal-unclear";

/** How soon to read again after a read that was overtaken. */
const LOOK_AGAIN_S = 5;

/** The charge after a fact, and what people must hear of. */
export type FactNoted = { readonly charge: Charge; readonly alarms: readonly Alarm[] };

/**
 * Takes in what a read at the provider said. Facts are ordered by the provider's own time: an old one never overwrites
 * a newer, so that any order and any number of them end the same. Money of a wrong amount, currency or reference is
 * never believed to be this charge's: it is written down and shouted about, and people decide.
 *
 * @param notice what made us read, when it was a notification: becomes part of the flow
 */
export function noteProviderFact(
  charge: Charge,
  { fact, notice = null }: { readonly fact: ProviderCharge; readonly notice?: NamedEntry | null },
  moment: Moment,
): FactNoted {
  const isOld = fact.asOf !== null && charge.asOf !== null && fact.asOf < charge.asOf;
  const mismatch = isOld ? null : mismatchOf(charge, fact);
  if (mismatch !== null) return noteMismatch(charge, { fact, notice, alarm: mismatch }, moment);
  if (!isOld && isOfAnotherPayer(charge, fact)) return lookAgain(charge, notice, moment);
  const change = isOld ? null : changeBy(charge, fact, moment);
  // Also when it brings no news: what is older than this is not to be believed any more.
  const seen = isOld || fact.asOf === null ? charge : { ...charge, asOf: fact.asOf };
  if (change === null) {
    return { charge: notice === null ? noteUnchanged(seen, moment) : noteNotice(seen, notice, moment), alarms: [] };
  }
  const entries = [...(notice === null ? [] : [notice]), answerEntry(fact, change.alarms, moment)];
  return { charge: changeCharge(seen, { ...change.fields, entries }, moment), alarms: change.alarms };
}

/**
 * Two reads of one link may overlap, and the slower one began before the faster had said which payment pays: to it
 * another one pays, and ours stands beside. Believed, it would give both back.
 */
function isOfAnotherPayer({ approvedAt, providerPaymentId }: Charge, { paymentId }: ProviderCharge): boolean {
  return approvedAt !== null && providerPaymentId !== null && paymentId !== null && paymentId !== providerPaymentId;
}

function lookAgain(charge: Charge, notice: NamedEntry | null, moment: Moment): FactNoted {
  const entries = notice === null ? [] : [notice];
  const asked = { ...charge, checks: charge.checks + 1 };
  return {
    charge: changeCharge(asked, { entries, checkAt: addSeconds(moment.now, LOOK_AGAIN_S) }, moment),
    alarms: [],
  };
}

function noteNotice(charge: Charge, notice: NamedEntry, moment: Moment): Charge {
  return changeCharge({ ...charge, checks: charge.checks + 1 }, { entries: [notice] }, moment);
}

/** The newest moment of the provider's clock that a flow tells of, for charges that do not state it. */
export function newestAsOf(entries: readonly FlowEntry[]): Date | null {
  const times = entries.flatMap(({ detail }) => (typeof detail["as_of"] === "string" ? [detail["as_of"]] : []));
  const newest = times.sort().at(-1);
  return newest === undefined ? null : new Date(newest);
}

function mismatchOf(charge: Charge, fact: ProviderCharge): Mismatch | null {
  // A payment that carries no reference cannot be shown to be ours; only an untouched charge may have none.
  if (fact.reference !== charge.id) return "wrong-reference";
  if (fact.currency !== null && fact.currency !== charge.currency) return "wrong-currency";
  if (fact.amountCents !== null && fact.amountCents !== charge.amountCents) return "wrong-amount";
  if (isMoney(fact.state) && (fact.amountCents === null || fact.currency === null)) return "wrong-amount";
  return null;
}

const NOT_BELIEVED = {
  "wrong-reference": "not-believed-reference",
  "wrong-amount": "not-believed-amount",
  "wrong-currency": "not-believed-currency",
} as const;
type Mismatch = keyof typeof NOT_BELIEVED;

function noteMismatch(
  charge: Charge,
  seen: { readonly fact: ProviderCharge; readonly notice: NamedEntry | null; readonly alarm: Mismatch },
  moment: Moment,
): FactNoted {
  const { fact, notice, alarm } = seen;
  const isKnown = charge.entries.some(
    ({ detail }) => detail["not_believed_because"] === alarm && detail["state"] === fact.state,
  );
  const strays = matchStrays(charge, alarm === "wrong-amount" ? wholeAsStray(charge, fact) : [], moment);
  const entry: NamedEntry = {
    at: moment.now,
    kind: "decision",
    code: NOT_BELIEVED[alarm],
    summary: `not believed: ${alarm}`,
    detail: {
      not_believed_because: alarm,
      state: fact.state,
      provider_id: fact.providerId,
      amount_cents: fact.amountCents,
      currency: fact.currency,
    },
  };
  const entries = [...(notice === null ? [] : [notice]), ...(isKnown ? [] : [entry])];
  if (entries.length === 0 && strays.isSame) return { charge: noteUnchanged(charge, moment), alarms: [] };
  const asked = { ...charge, checks: charge.checks + 1 };
  const alarms = isKnown ? strays.alarms.filter((one) => one !== alarm) : [alarm];
  return { charge: changeCharge(asked, { ...givenBack(charge, strays.refunds, moment), entries }, moment), alarms };
}

/** All that came was of a wrong amount: it goes back whole, whatever it was (product §3.4). */
function wholeAsStray(charge: Charge, fact: ProviderCharge): readonly StrayPayment[] {
  const { paymentId, amountCents, refunds } = fact;
  // Once the charge's own money was believed, a sudden other amount is a riddle for people.
  if (fact.state !== "paid" || charge.approvedAt !== null || paymentId === null || amountCents === null) return [];
  return [{ paymentId, amountCents, refunds, why: "wrong-amount" }];
}

/** Nobody can pay that QR again, so the attempt is over; the guest may begin another. */
function givenBack(charge: Charge, refunds: Charge["refunds"], { now }: Moment): Change {
  if (refunds.length === 0) return {};
  const isWaiting = refunds.some(isToBeAsked);
  return {
    refunds,
    ...(isOpen(charge.status) ? { status: "rejected", detail: "wrong_amount" } : {}),
    ...(isWaiting ? { checkAt: now } : {}),
  };
}

const STATUS_OF: Readonly<Record<Exclude<ProviderState, "paid">, ChargeStatus>> = {
  open: "pending",
  in_review: "in_process",
  unclear: "in_process",
  rejected: "rejected",
  expired: "expired",
  cancelled: "cancelled",
  in_dispute: "in_dispute",
  charged_back: "charged_back",
};

/** What these say of the terminal stays true of a charge that has ended. */
const SAYS_MORE: ReadonlySet<ProviderState> = new Set(["rejected", "cancelled", "unclear"]);

function isMoney(state: ProviderState): boolean {
  return state === "paid" || state === "in_dispute" || state === "charged_back";
}

/** What a believed fact changes, or `null` when it says what is known. */
function changeBy(
  charge: Charge,
  fact: ProviderCharge,
  moment: Moment,
): { readonly fields: Change; readonly alarms: readonly Alarm[] } | null {
  // Without its answer we have no QR to show: asking for the charge again, with the same key, brings it.
  if (charge.status === "created" && fact.state === "open") return null;
  const own = matchRefunds(charge, { atProvider: fact.refunds }, moment);
  const matched = matchStrays({ ...charge, refunds: own.refunds }, fact.strays, moment);
  const wanted = fact.state === "paid" ? statusByRefunds(matched.refunds, charge.amountCents) : STATUS_OF[fact.state];
  const status = canBecome({ from: charge.status, to: wanted }) ? wanted : charge.status;
  const alarms: Alarm[] = [...own.alarms, ...matched.alarms];
  const isPaidNow = isMoney(fact.state) && charge.approvedAt === null;
  if (isPaidNow && (charge.status === "expired" || charge.status === "cancelled" || charge.status === "failed")) {
    alarms.push("paid-late");
  }
  if (status !== charge.status && (status === "in_dispute" || status === "charged_back")) alarms.push("disputed");
  if (fact.state === "unclear" && charge.detail !== fact.detail) alarms.push("terminal-unclear");
  const fields: Change = {
    status,
    detail: isOpen(status) || SAYS_MORE.has(fact.state) ? fact.detail : null,
    refunds: matched.refunds,
    refundedCents: returnedCents(matched.refunds),
    providerId: charge.providerId ?? fact.providerId,
    providerPaymentId: fact.paymentId ?? charge.providerPaymentId,
    endToEndId: fact.endToEndId ?? charge.endToEndId,
    approvedAt: charge.approvedAt ?? (isPaidNow ? moment.now : null),
    ...(matched.isSame || !matched.refunds.some(isUnderWay) ? {} : { checkAt: moment.now }),
  };
  return alarms.length === 0 && isSame(charge, fields, own.isSame && matched.isSame) ? null : { fields, alarms };
}

function isSame(charge: Charge, fields: Change, areRefundsSame: boolean): boolean {
  return (
    areRefundsSame &&
    fields.status === charge.status &&
    fields.detail === charge.detail &&
    fields.providerId === charge.providerId &&
    fields.providerPaymentId === charge.providerPaymentId &&
    fields.endToEndId === charge.endToEndId
  );
}

function answerEntry(fact: ProviderCharge, alarms: readonly Alarm[], { now: at }: Moment): NamedEntry {
  return {
    at,
    kind: "answer",
    code: SAID[fact.state],
    summary: `the provider says: ${fact.state}`,
    detail: {
      state: fact.state,
      provider_id: fact.providerId,
      provider_payment_id: fact.paymentId,
      amount_cents: fact.amountCents,
      paid_with: fact.paidWith,
      ...(fact.detail === null ? {} : { detail: fact.detail }),
      as_of: fact.asOf?.toISOString() ?? null,
      ...(fact.refunds.length === 0 ? {} : { refunds: fact.refunds.map(describeRefund) }),
      ...(fact.strays.length === 0 ? {} : { given_back: fact.strays.map(describeStray) }),
      ...(alarms.length === 0 ? {} : { alarms }),
    },
  };
}

function describeStray({ paymentId, amountCents, why, refunds }: StrayPayment) {
  return { provider_payment_id: paymentId, amount_cents: amountCents, why, refunds: refunds.map(describeRefund) };
}

function describeRefund({ id, amountCents, status }: ProviderCharge["refunds"][number]) {
  return { provider_refund_id: id, amount_cents: amountCents, status };
}
