import type { ChargeStatus, PaymentMethod } from "@comanda/contracts";
import { addSeconds, type Cents, type Id } from "@comanda/primitives";
import { type Change, changeCharge, type Moment, withEvent } from "./change-charge.ts";
import type { Charge, ChargeItem, ChargePlace, NamedEntry } from "./charge.ts";
import type { FlowCode } from "./flow-codes.ts";
import { type CreatedAtProvider, type ProviderResult, TERMINAL_BUSY } from "./provider-charge.ts";
import { nameItems } from "./refund-lines.ts";
import { codeOfStep } from "./step-code.ts";
import { canBecome } from "./transitions.ts";

/** What the order wants charged. */
export type ChargeRequest = {
  readonly id: Id | null;
  readonly orderId: Id;
  readonly attempt: number;
  readonly customerId: Id | null;
  readonly amountCents: Cents;
  readonly method: PaymentMethod;
  readonly description: string;
  /** A line may bear the order's name for it. */
  readonly items: readonly (Omit<ChargeItem, "id"> & { readonly id?: string | undefined })[];
  readonly place: ChargePlace | null;
  /** When the whole order gives up waiting. */
  readonly orderExpiresAt: Date | null;
};

/** A QR or a charge at a terminal shorter than 30 s or longer than 3 h is refused by Mercado Pago. */
const QR_MIN_S = 30;
const QR_MAX_S = 3 * 3_600;
/** An order without a limit of its own waits this long for its charge. */
const GIVE_UP_S = 900;
/** A terminal is busy for the half minute that somebody needs with a card. */
const TERMINAL_BUSY_S = 3;
/** The call itself may take 5 s; until it must be over, nobody else makes it. */
const CALL_ALLOWANCE_S = 8;

/**
 * A new charge, written before anybody outside hears of it. At the counter it waits for the cashier at once, which the
 * order took for granted when it asked; everything else is `created` until the provider has answered.
 *
 * @param qrLivesSeconds how long a QR, or a charge at a terminal, may be paid
 */
export function createCharge(request: ChargeRequest, qrLivesSeconds: number, moment: Moment): Charge {
  const status = statusAtBirth(request);
  const giveUpAt = request.orderExpiresAt ?? addSeconds(moment.now, GIVE_UP_S);
  const charge: Charge = {
    id: request.id ?? moment.newId(),
    orderId: request.orderId,
    attempt: request.attempt,
    customerId: request.customerId,
    method: request.method,
    amountCents: request.amountCents,
    currency: "BRL",
    description: request.description,
    items: nameItems(request.items),
    status,
    refundedCents: 0,
    provider: request.method === "counter" ? "counter" : "mercadopago",
    providerId: null,
    providerPaymentId: null,
    endToEndId: null,
    qrCode: null,
    paymentLink: null,
    place: request.place,
    detail: status === "failed" ? "terminal_unavailable" : null,
    expiresAt: giveUpAt,
    approvedAt: null,
    making: status === "created" ? "asked" : "settled",
    askedAt: status === "created" ? moment.now : null,
    refunds: [],
    entries: [
      intent(request, secondsOfQr({ giveUpAt, qrLivesSeconds, now: moment.now }), moment),
      ...(status === "created" ? [firstRequest(moment)] : []),
    ],
    ledger: [],
    unsent: [],
    nextCheckAt: firstCheckAt(status, giveUpAt, moment),
    asOf: null,
    checks: 0,
    version: 1,
    createdAt: moment.now,
    updatedAt: moment.now,
  };
  // That a charge waits is what the order expects: only a birth that failed is news to it.
  return status === "failed" ? withEvent(charge, null, moment) : charge;
}

function statusAtBirth({ method, place }: ChargeRequest): ChargeStatus {
  switch (method) {
    case "counter":
      return "pending";
    case "terminal":
      // The terminal may have been taken away since the order asked for it.
      return place?.terminalId == null ? "failed" : "created";
    case "qr":
    case "link":
      return "created";
  }
}

function firstCheckAt(status: ChargeStatus, giveUpAt: Date, { now }: Moment): Date | null {
  if (status === "failed") return null;
  return status === "pending" ? giveUpAt : addSeconds(now, CALL_ALLOWANCE_S);
}

function secondsOfQr(times: { giveUpAt: Date; qrLivesSeconds: number; now: Date }): number {
  const leftSeconds = Math.floor((times.giveUpAt.getTime() - times.now.getTime()) / 1000);
  return Math.min(QR_MAX_S, Math.max(QR_MIN_S, Math.min(times.qrLivesSeconds, leftSeconds)));
}

function intent(request: ChargeRequest, qrSeconds: number, moment: Moment): NamedEntry {
  const { method, amountCents, attempt } = request;
  const detail = { method, amount_cents: amountCents, attempt, qr_seconds: qrSeconds };
  return { at: moment.now, kind: "intent", code: "charge-wanted", summary: "a charge is wanted", detail };
}

/** Written with the charge, before the call: after a crash the flow tells that the provider may have been asked. */
function firstRequest({ now: at }: Pick<Moment, "now">): NamedEntry {
  return { at, kind: "request", code: "charge-asked", summary: "charge asked of the provider", detail: {} };
}

/**
 * That the provider is asked once more, written with the answer: what was asked at birth stands there already. A call
 * that died with its process left no answer, and was over long before the next one.
 */
function askedAgain(charge: Charge, askedAt: Date | undefined): readonly NamedEntry[] {
  const last = charge.entries.findLast((entry) => ABOUT_MAKING.has(codeOfStep(entry)));
  if (askedAt === undefined || last === undefined) return [];
  const isFirstCall = last.kind === "request" && askedAt < addSeconds(last.at, CALL_ALLOWANCE_S);
  return isFirstCall ? [] : [firstRequest({ now: askedAt })];
}

/** The steps between the wish for a charge and what the provider made of it. */
const ABOUT_MAKING: ReadonlySet<string> = new Set<FlowCode>([
  "charge-asked",
  "charge-made",
  "qr-invalid",
  "qr-other-amount",
  "charge-refused",
  "charge-unanswered",
  "charge-not-reached",
]);

/** How long the QR of this charge lives, in seconds: fixed at birth, since a call repeated must say the same. */
export function qrSecondsOf(charge: Charge): number {
  const seconds = charge.entries.find(({ kind }) => kind === "intent")?.detail["qr_seconds"];
  return typeof seconds === "number" ? seconds : QR_MIN_S;
}

/**
 * Takes in what the provider answered to the wish for a charge. A refusal ends it as `failed`; no answer leaves it
 * `created` for the sweeper, which asks again with the same key until the order's own time is over.
 *
 * @param moment its `askedAt` is when the call went out; absent when the charge was looked for and found
 */
export function noteProviderAnswer(
  charge: Charge,
  answer: ProviderResult<CreatedAtProvider>,
  moment: Moment & { readonly askedAt?: Date },
): Charge {
  if (charge.providerId !== null && charge.status !== "created") return charge;
  const entries = [...askedAgain(charge, moment.askedAt), entryOf(answer, moment)];
  if (answer.outcome === "refused") {
    if (charge.status !== "created") return changeCharge(charge, { making: "settled", entries }, moment);
    if (answer.code === TERMINAL_BUSY) return waitForTerminal(charge, entries, moment);
    const detail = charge.method === "terminal" ? ("terminal_unavailable" as const) : null;
    return changeCharge(charge, { status: "failed", detail, making: "settled", entries }, moment);
  }
  if (answer.outcome !== "done") {
    // Once an answer was lost, a later call that never arrived says nothing of the earlier one.
    const making = charge.making === "unknown" ? "unknown" : answer.outcome;
    return changeCharge({ ...charge, checks: charge.checks + 1 }, { making, entries }, moment);
  }
  return changeCharge(charge, { ...afterCreation(charge, answer.value, moment), entries }, moment);
}

/**
 * Written before the provider is asked once more: should that call die with its process, it may have taken effect, as may
 * one before it that left no answer. What an answer later says of its own call takes nothing of this back.
 */
export function noteAskedAgain(charge: Charge, moment: Moment): Charge {
  if (charge.status !== "created" || charge.providerId !== null || charge.making === "unknown") return charge;
  const making = charge.making === "asked" ? "unknown" : "asked";
  return changeCharge(charge, { making, checkAt: addSeconds(moment.now, CALL_ALLOWANCE_S) }, moment);
}

/** Another order is at the terminal: asked again with the same key until it is free, or the order's time is over. */
function waitForTerminal(charge: Charge, entries: readonly NamedEntry[], moment: Moment): Charge {
  const checkAt = addSeconds(moment.now, TERMINAL_BUSY_S);
  const isKnown = charge.detail === "waiting_for_terminal";
  const making = charge.making === "unknown" ? "unknown" : "unavailable";
  const change = { detail: "waiting_for_terminal", making, entries: isKnown ? [] : entries, checkAt } as const;
  return changeCharge(charge, change, moment);
}

function afterCreation(charge: Charge, created: CreatedAtProvider, { now }: Moment): Change {
  const { providerId, paymentId } = created;
  const known = { providerId, providerPaymentId: paymentId };
  // The wish was withdrawn or given up while the call was under way: what exists now must be closed there.
  if (!canBecome({ from: charge.status, to: "pending" })) return { ...known, checkAt: now };
  if (created.distrust !== null) return { ...known, status: "failed", checkAt: now };
  return {
    ...known,
    status: "pending",
    qrCode: created.qrCode,
    paymentLink: created.paymentLink,
    detail: charge.method === "terminal" ? "sent_to_terminal" : null,
    expiresAt: created.expiresAt ?? charge.expiresAt,
  };
}

function entryOf(answer: ProviderResult<CreatedAtProvider>, { now: at }: Moment): NamedEntry {
  switch (answer.outcome) {
    case "done": {
      const { providerId, distrust } = answer.value;
      const detail = { provider_id: providerId, ...(distrust === null ? {} : { not_shown_because: distrust }) };
      const summary = distrust ?? "the provider made the charge";
      return { at, kind: "answer", code: distrust ?? "charge-made", summary, detail };
    }
    case "refused": {
      const detail = { status: answer.status, code: answer.code };
      return { at, kind: "answer", code: "charge-refused", summary: "the provider refused the charge", detail };
    }
    case "unknown":
    case "unavailable": {
      const { outcome, reason } = answer;
      const code = outcome === "unknown" ? "charge-unanswered" : "charge-not-reached";
      return { at, kind: "answer", code, summary: `no answer (${outcome})`, detail: { reason } };
    }
  }
}
