import { addSeconds } from "@comanda/primitives";
import type { Charge } from "./charge.ts";
import { OVERDUE_AFTER_S } from "./overdue.ts";
import { isOpen, isToBeAsked, isUnderWay } from "./transitions.ts";

/** What a plan is made of; the clock and the dice are arguments. */
type PlanInput = { readonly now: Date; readonly random: () => number };

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
/** Pauses between questions about what is not final (reliability PA-13): daily to the seventh day, then people. */
const PATIENT_S = [5, 15, MINUTE_S, 5 * MINUTE_S, 15 * MINUTE_S, HOUR_S, ...Array<number>(7).fill(DAY_S)];
/** A guest waits for a QR that did not come about at once: asked for again soon, then each half minute to the end. */
const MAKING_S = [2, 4, 8, 15];
const MAKING_MAX_S = 30;
/** A paid link may be paid a second time: looked at so long after the first money was known. */
const AFTER_MONEY_S = [MINUTE_S, 6 * MINUTE_S, 21 * MINUTE_S, 81 * MINUTE_S, 81 * MINUTE_S + DAY_S];
/**
 * What ended without money may hide a payment that was begun in time, and for five minutes an order is still made paid by
 * it (T21): looked at each minute so long, then again when as much time has gone by as had before, to the next day.
 */
const AFTER_NOTHING_S = [1, 2, 3, 4, 5, 10, 20, 40, 80, 160, 320, 640, 1_280].map((minutes) => minutes * MINUTE_S);
const QR_EAGER_S = 3;
const QR_EAGER_FOR_S = 2 * MINUTE_S;
const QR_CALM_S = 10;
/** Somebody may be looking at the link: a lost notice may cost two minutes, not more (reliability PA-12). */
const LINK_WAITING_MAX_S = 2 * MINUTE_S;
/** When a charge's own time is over the provider is asked, and again when its clock must have come there too. */
const AROUND_THE_END_S = [2, OVERDUE_AFTER_S + 1];
/** A refund not taken on yet, or begun a short while ago, is looked at well within the minute of calm that I9 gives. */
const OWED_MAX_S = 30;
/** What the provider took on longer ago is its own slow doing, which more questions do not hasten. */
const FRESH_FOR_S = 15 * MINUTE_S;
const JITTER = 0.2;
/** What part of a pause a look may be early; more than the jitter, or the same look would come twice. */
const EARLY = 0.25;

/**
 * When to ask the provider next about a charge, or `null` when nothing more is expected. Fast while a QR is on a
 * screen, ever slower otherwise, ±20 % so that many charges do not ask at the same moment; never later than the moment
 * the charge's own time is over.
 */
export function planNextCheck(charge: Charge, { now, random }: PlanInput): Date | null {
  if (charge.provider === "counter") return charge.status === "pending" ? charge.expiresAt : null;
  const pauseS = pauseSeconds(charge, now);
  if (pauseS === null) return null;
  const next = addSeconds(now, pauseS * (1 + JITTER * (2 * random() - 1)));
  if (!isOpen(charge.status) || charge.expiresAt === null) return next;
  const { expiresAt } = charge;
  const sooner = AROUND_THE_END_S.map((seconds) => addSeconds(expiresAt, seconds)).find((end) => end > now);
  return sooner !== undefined && sooner < next ? sooner : next;
}

function pauseSeconds(charge: Charge, now: Date): number | null {
  const pauseS = pauseOfStatus(charge, now);
  // Money that must go back is never forgotten, whatever the charge itself waits for.
  if (!charge.refunds.some(isUnderWay)) return pauseS;
  return Math.min(pauseS ?? DAY_S, PATIENT_S[charge.checks] ?? DAY_S, isOwed(charge, now) ? OWED_MAX_S : DAY_S);
}

function pauseOfStatus(charge: Charge, now: Date): number | null {
  const patient = PATIENT_S[charge.checks] ?? null;
  // Given up here, and perhaps made there: looked for until it is known.
  if (!isOpen(charge.status) && isOutcomeUnknown(charge)) return patient;
  switch (charge.status) {
    case "created":
      return MAKING_S[Math.max(0, charge.checks - 1)] ?? MAKING_MAX_S;
    case "pending":
    case "in_process":
      if (charge.method === "qr" || charge.method === "terminal") return qrPauseSeconds(charge, now) ?? patient;
      return charge.expiresAt !== null && charge.expiresAt > now && patient !== null
        ? Math.min(patient, LINK_WAITING_MAX_S)
        : patient;
    case "refund_pending":
    case "in_dispute":
      return patient;
    case "approved":
    case "partially_refunded":
    case "refunded":
    case "charged_back":
    case "rejected":
    case "expired":
    case "cancelled":
    case "failed":
      return mayHideMoney(charge) && charge.providerId !== null ? afterwardsSeconds(charge, now) : null;
  }
}

/**
 * Until the next look at what has ended, by the time since then and not by how often it was looked at: notices, closing and
 * refunds look, too, and three of them in a minute say nothing of the next day.
 */
function afterwardsSeconds(charge: Charge, now: Date): number | null {
  const looks = charge.approvedAt === null ? AFTER_NOTHING_S : AFTER_MONEY_S;
  const ageS = (now.getTime() - endedAt(charge).getTime()) / 1000;
  // A look that was a little early, as the dice have it, is the look of its time.
  const next = looks.find((lookS, index) => ageS < lookS - EARLY * (lookS - (looks[index - 1] ?? 0)));
  return next === undefined ? null : next - ageS;
}

/** When it came to its present status, as its flow tells. */
function endedAt({ entries, status, createdAt }: Charge): Date {
  const came = entries.findLast(
    ({ kind, summary, detail }) =>
      kind === "decision" && detail["status"] === status && summary !== `${status} → ${status}`,
  );
  return came?.at ?? createdAt;
}

/** Says whether the provider may hold this charge without our knowing. */
export function isOutcomeUnknown({ making, providerId }: Charge): boolean {
  return providerId === null && (making === "asked" || making === "unknown");
}

/**
 * A link may be paid twice, even after the first money went back, and by whoever had begun before it was closed; a
 * terminal that needs a look may have taken money that the provider tells of later; a QR was perhaps scanned in its last
 * second, and booked after its end. One that was cancelled there is closed for good.
 */
function mayHideMoney({ method, detail, status }: Charge): boolean {
  return method === "link" || detail === "check_on_terminal" || (method === "qr" && status === "expired");
}

/**
 * A refund that the provider has not taken on yet, or took on just now. The rhythm may not grow on it: questions that got
 * no answer lengthen it, too, and then three short outages and a lost notice would hide for five minutes that a guest's
 * money is back, or keep it from being asked for again.
 */
function isOwed({ refunds }: Charge, now: Date): boolean {
  return refunds.some(
    (refund) =>
      isToBeAsked(refund) || (refund.status === "in_process" && now < addSeconds(refund.requestedAt, FRESH_FOR_S)),
  );
}

/** While the QR lives, somebody stands before it; once its time is over the patient rhythm goes on. */
function qrPauseSeconds(charge: Charge, now: Date): number | null {
  if (charge.expiresAt !== null && now > addSeconds(charge.expiresAt, MINUTE_S)) return null;
  return now < addSeconds(charge.createdAt, QR_EAGER_FOR_S) ? QR_EAGER_S : QR_CALM_S;
}
