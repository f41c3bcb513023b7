import { fromDecimal } from "@comanda/primitives";
import type { Static } from "typebox";
import type { Charge } from "../../domain/charge.ts";
import type { ProviderCharge, ProviderState, StrayPayment } from "../../domain/provider-charge.ts";
import type { PaymentAnswer } from "./answers.ts";
import { instantOf } from "./outcomes.ts";
import { refundStatus } from "./qr-orders.ts";

type PaymentBody = Static<typeof PaymentAnswer>;

/** A refused or cancelled try leaves the link open: `rejected` ends the payment, not the sale (provider §4.3). */
const STATES: ReadonlyMap<string, ProviderState> = new Map([
  ["pending", "open"],
  ["authorized", "in_review"],
  ["in_process", "in_review"],
  ["approved", "paid"],
  ["refunded", "paid"],
  ["in_mediation", "in_dispute"],
  ["charged_back", "charged_back"],
]);

/** What says most about the money stands first. */
const WEIGHT: Readonly<Record<ProviderState, number>> = {
  charged_back: 5,
  in_dispute: 4,
  paid: 3,
  in_review: 2,
  unclear: 2,
  open: 1,
  rejected: 0,
  expired: 0,
  cancelled: 0,
};

/** Says whether a payment was begun and may still be paid. */
export function isWaiting({ status }: PaymentBody): boolean {
  return status === "pending" || status === "in_process" || status === "authorized";
}

/**
 * One fact from all the payments of a link. The payment that was believed to pay stays the paying one. One that was only
 * seen to be begun has to prove itself: of a wrong amount it stands beside the link, which still waits for the right one.
 */
export function factFromPayments(charge: Charge, payments: readonly PaymentBody[]): ProviderCharge {
  const live = payments.flatMap((payment) => {
    const state = paymentState(payment);
    return state === undefined ? [] : [{ payment, state }];
  });
  const best =
    live.find((one) => isKnownPayer(one, charge)) ??
    live
      .filter((one) => !isWrongAmount(one, charge))
      .toSorted((one, other) => WEIGHT[other.state] - WEIGHT[one.state] || approvedMs(one) - approvedMs(other))[0];
  const strays = live.filter((one) => one !== best).flatMap((one) => strayFrom(one, charge));
  const base = { providerId: charge.providerId, strays, asOf: newestOf(payments) };
  if (best === undefined) return { ...base, ...NOTHING_YET, reference: charge.id };
  const { payment, state } = best;
  return {
    ...base,
    state,
    reference: payment.external_reference ?? null,
    amountCents: fromDecimal(payment.transaction_amount),
    currency: payment.currency_id ?? null,
    paymentId: String(payment.id),
    endToEndId: payment.point_of_interaction?.transaction_data?.e2e_id ?? null,
    paidWith: payment.payment_method_id ?? null,
    detail: null,
    refunds: refundsOf(payment),
  };
}

/** The fact with what its payment says of a dispute, or of one that was won. */
export function withDispute(fact: ProviderCharge, payment: PaymentBody): ProviderCharge {
  const state = paymentState(payment);
  const isDispute = state === "in_dispute" || state === "charged_back" || payment.status === "charged_back";
  if (fact.state !== "paid" || state === undefined) return fact;
  const asOf = newestOf([payment]) ?? fact.asOf;
  if (isDispute) return { ...fact, state, asOf };
  // A dispute that was won leaves no trace but the payment's date: with the order's own the fact would be an old one.
  return { ...fact, asOf: fact.asOf !== null && asOf !== null && fact.asOf > asOf ? fact.asOf : asOf };
}

type Live = { readonly payment: PaymentBody; readonly state: ProviderState };

/** A chargeback is a dispute until it is settled, and nothing at all once it was decided for us. */
export function paymentState({
  status,
  status_detail: detail,
}: Pick<PaymentBody, "status" | "status_detail">): ProviderState | undefined {
  if (status !== "charged_back") return STATES.get(status);
  if (detail === "reimbursed") return "paid";
  return detail === "in_process" ? "in_dispute" : "charged_back";
}

function isKnownPayer(one: Live, charge: Charge): boolean {
  if (!isHolding(one.state) || String(one.payment.id) !== charge.providerPaymentId) return false;
  return charge.approvedAt !== null || !isWrongAmount(one, charge);
}

function isHolding(state: ProviderState): boolean {
  return WEIGHT[state] >= WEIGHT.paid;
}

/** Another currency is no matter of amount: such a payment is never given back by itself. */
function isWrongAmount({ payment, state }: Live, charge: Charge): boolean {
  const isInReais = payment.currency_id == null || payment.currency_id === charge.currency;
  return isHolding(state) && isInReais && fromDecimal(payment.transaction_amount) !== charge.amountCents;
}

/** What took money beside the payment that counts. A disputed one is fought for at the provider. */
function strayFrom(one: Live, charge: Charge): readonly StrayPayment[] {
  const { payment, state } = one;
  const amountCents = fromDecimal(payment.transaction_amount);
  if (state !== "paid" || amountCents === null || (payment.currency_id ?? "BRL") !== "BRL") return [];
  const why = isWrongAmount(one, charge) ? "wrong-amount" : "paid-twice";
  return [{ paymentId: String(payment.id), amountCents, why, refunds: refundsOf(payment) }];
}

const NOTHING_YET = {
  state: "open",
  amountCents: null,
  currency: null,
  paymentId: null,
  endToEndId: null,
  paidWith: null,
  detail: null,
  refunds: [],
} as const;

function refundsOf(payment: PaymentBody): ProviderCharge["refunds"] {
  const listed = (payment.refunds ?? []).flatMap(({ id, amount, status }) => {
    const amountCents = fromDecimal(amount);
    return amountCents === null ? [] : [{ id: String(id), amountCents, status: refundStatus(status ?? "approved") }];
  });
  if (listed.length > 0 || payment.status !== "refunded") return listed;
  const amountCents = fromDecimal(payment.transaction_amount) ?? 0;
  return [{ id: `${payment.id}-refund`, amountCents, status: "done" }];
}

function approvedMs({ payment }: { readonly payment: PaymentBody }): number {
  return instantOf(payment.date_approved)?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

function newestOf(payments: readonly PaymentBody[]): Date | null {
  const times = payments.flatMap(({ date_last_updated: text }) => instantOf(text)?.getTime() ?? []);
  return times.length === 0 ? null : new Date(Math.max(...times));
}
