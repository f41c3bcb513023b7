import { fromDecimal } from "@comanda/primitives";
import type { Static } from "typebox";
import type { Charge } from "../../domain/charge.ts";
import type { ProviderCharge, ProviderState } from "../../domain/provider-charge.ts";
import type { PaymentAnswer } from "./answers.ts";
import { instantOf } from "./outcomes.ts";
import { refundStatus } from "./qr-orders.ts";

type PaymentBody = Static<typeof PaymentAnswer>;

/** A refused or cancelled try leaves the link open: `rejected` ends the payment, not the sale (mercadopago.md §4.3). */
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
  open: 1,
  rejected: 0,
  expired: 0,
  cancelled: 0,
};

/** Says whether a payment was begun and may still be paid. */
export function isWaiting({ status }: PaymentBody): boolean {
  return status === "pending" || status === "in_process" || status === "authorized";
}

/** One fact from all the payments of a link. The payment that was known as the paying one stays it. */
export function factFromPayments(charge: Charge, payments: readonly PaymentBody[]): ProviderCharge {
  const live = payments.flatMap((payment) => {
    const state = STATES.get(payment.status);
    return state === undefined ? [] : [{ payment, state }];
  });
  const holding = live.filter(({ state }) => WEIGHT[state] >= WEIGHT.paid);
  const best =
    holding.find(({ payment }) => String(payment.id) === charge.providerPaymentId) ??
    live.toSorted((one, other) => WEIGHT[other.state] - WEIGHT[one.state] || approvedMs(one) - approvedMs(other))[0];
  const base = { providerId: charge.providerId, timesPaid: holding.length, asOf: newestOf(payments) };
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
    refunds: refundsOf(payment, charge),
  };
}

const NOTHING_YET = {
  state: "open",
  amountCents: null,
  currency: null,
  paymentId: null,
  endToEndId: null,
  paidWith: null,
  refunds: [],
} as const;

function refundsOf(payment: PaymentBody, charge: Charge): ProviderCharge["refunds"] {
  const listed = (payment.refunds ?? []).flatMap(({ id, amount, status }) => {
    const amountCents = fromDecimal(amount);
    return amountCents === null ? [] : [{ id: String(id), amountCents, status: refundStatus(status ?? "approved") }];
  });
  if (listed.length > 0 || payment.status !== "refunded") return listed;
  return [{ id: `${payment.id}-refund`, amountCents: charge.amountCents, status: "done" }];
}

function approvedMs({ payment }: { readonly payment: PaymentBody }): number {
  return instantOf(payment.date_approved)?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

function newestOf(payments: readonly PaymentBody[]): Date | null {
  const times = payments.flatMap(({ date_last_updated: text }) => instantOf(text)?.getTime() ?? []);
  return times.length === 0 ? null : new Date(Math.max(...times));
}
