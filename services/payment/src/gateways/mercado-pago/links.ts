import type { Id } from "@comanda/primitives";
import { Payment, PaymentRefund, Preference } from "mercadopago";
import type { Static } from "typebox";
import type { Charge } from "../../domain/charge.ts";
import type { Payer } from "../../domain/payer.ts";
import type { CreatedAtProvider, ProviderCharge, ProviderResult, RefundAnswer } from "../../domain/provider-charge.ts";
import { createKeyOf, refundKeyOf } from "../../domain/provider-keys.ts";
import {
  AnyAnswer,
  PaymentAnswer,
  PaymentRefundAnswer,
  PaymentsAnswer,
  PreferenceAnswer,
  PreferencesAnswer,
} from "./answers.ts";
import { chargedItems } from "./charged-items.ts";
import { factFromPayments, isWaiting } from "./link-payments.ts";
import { mapDone } from "./outcomes.ts";
import { refundOf, refundStatus } from "./qr-orders.ts";
import type { Sdk } from "./sdk-call.ts";

type PreferenceChange = Parameters<Preference["update"]>[0]["updatePreferenceRequest"];
/** What links say of the shop. */
type Shop = { readonly publicUrl: string | null; readonly statementDescriptor: string };
type PaymentBody = Static<typeof PaymentAnswer>;

/** Charges by link: a Checkout Pro preference, and the payments that its visitors make. */
export function makeLinks({ sdk, ...shop }: { readonly sdk: Sdk } & Shop) {
  async function readPayment(id: string): Promise<ProviderResult<PaymentBody | null>> {
    const result = await sdk({
      answer: PaymentAnswer,
      key: null,
      send: (config) => new Payment(config).get({ id }),
    });
    return result.outcome === "refused" && result.status === 404 ? { outcome: "done", value: null } : result;
  }

  /** Every payment of the link. What is read by its id is newer than what a search finds. */
  async function payments(charge: Charge, hint: string | null): Promise<ProviderResult<readonly PaymentBody[]>> {
    const search = await sdk({
      answer: PaymentsAnswer,
      key: null,
      send: (config) =>
        new Payment(config).search({
          options: { external_reference: charge.id, sort: "date_created", criteria: "desc", limit: 30 },
        }),
    });
    if (search.outcome !== "done") return search;
    const found = new Map(search.value.results.map((payment) => [String(payment.id), payment]));
    for (const id of new Set([charge.providerPaymentId, hint])) {
      const known = id === null ? null : await readPayment(id);
      if (known === null) continue;
      if (known.outcome !== "done") return known;
      if (known.value !== null) found.set(String(known.value.id), known.value);
    }
    return { outcome: "done", value: [...found.values()].filter((one) => one.external_reference === charge.id) };
  }

  return {
    readPayment,
    create: async (charge: Charge): Promise<ProviderResult<CreatedAtProvider>> => {
      const result = await sdk({
        answer: PreferenceAnswer,
        key: createKeyOf(charge),
        send: (config) => new Preference(config).create({ body: preferenceBody(charge, shop) }),
      });
      return mapDone(result, (preference) => createdFrom(preference, charge));
    },
    namePayer: async (charge: Charge, payer: Payer): Promise<ProviderResult<null>> => {
      const result = await sdk({
        answer: AnyAnswer,
        key: `payer-${charge.id}`,
        send: (config) =>
          new Preference(config).update({
            id: charge.providerId ?? "",
            updatePreferenceRequest: { payer: payerBody(payer) } as PreferenceChange, // see closeLink
          }),
      });
      return mapDone(result, () => null);
    },
    readCharge: async (charge: Charge, hint: string | null): Promise<ProviderResult<ProviderCharge>> =>
      mapDone(await payments(charge, hint), (all) => factFromPayments(charge, all)),
    find: (charge: Charge) => findLink(sdk, charge),
    cancel: async (charge: Charge): Promise<ProviderResult<"closed">> => closeLink(sdk, charge, payments),
    refund: async (charge: Charge, refundId: Id): Promise<ProviderResult<RefundAnswer>> => {
      const { amountCents, strayPaymentId } = refundOf(charge, refundId);
      const result = await sdk({
        answer: PaymentRefundAnswer,
        key: refundKeyOf(refundId),
        headers: TELL_WHAT_TAKES_A_WHILE,
        send: (config) =>
          new PaymentRefund(config).create({
            payment_id: strayPaymentId ?? charge.providerPaymentId ?? "",
            body: { amount: reaisOf(amountCents) },
          }),
      });
      return mapDone(result, ({ id, status }) => ({
        providerRefundId: String(id),
        status: refundStatus(status ?? "in_process"),
      }));
    },
  };
}

/** Without it a Pix that takes a while to go back is answered as if it did not (provider §4.4). */
const TELL_WHAT_TAKES_A_WHILE = { "x-render-in-process-refunds": "true" };

async function findLink(sdk: Sdk, charge: Charge): Promise<ProviderResult<CreatedAtProvider | null>> {
  const search = await sdk({
    answer: PreferencesAnswer,
    key: null,
    send: (config) => new Preference(config).search({ options: { external_reference: charge.id } }),
  });
  if (search.outcome !== "done") return search;
  const found = search.value.elements.find(({ external_reference: reference }) => reference === charge.id);
  if (found === undefined) return { outcome: "done", value: null };
  const result = await sdk({
    answer: PreferenceAnswer,
    key: null,
    send: (config) => new Preference(config).get({ preferenceId: found.id }),
  });
  return mapDone(result, (preference) => createdFrom(preference, charge));
}

function createdFrom(preference: Static<typeof PreferenceAnswer>, charge: Charge): CreatedAtProvider {
  const { id: providerId, init_point: paymentLink } = preference;
  const { expiresAt } = charge;
  return { providerId, paymentId: null, qrCode: null, paymentLink, expiresAt, distrust: null };
}

/** A preference cannot be cancelled: its window is shut, and payments begun on it (a Pix not yet paid) are cancelled. */
async function closeLink(
  sdk: Sdk,
  charge: Charge,
  payments: (charge: Charge, hint: null) => Promise<ProviderResult<readonly PaymentBody[]>>,
): Promise<ProviderResult<"closed">> {
  const closed = await sdk({
    answer: AnyAnswer,
    key: `close-${charge.id}`,
    send: (config) =>
      new Preference(config).update({
        id: charge.providerId ?? "",
        // A change needs only what changes; the SDK's type asks for the items too.
        updatePreferenceRequest: windowUntil(charge.createdAt) as PreferenceChange, // see above
      }),
  });
  if (closed.outcome !== "done") return closed;
  const begun = await payments(charge, null);
  if (begun.outcome !== "done") return begun;
  for (const { id } of begun.value.filter(isWaiting)) {
    const cancelled = await sdk({
      answer: AnyAnswer,
      key: `cancel-${id}`,
      send: (config) => new Payment(config).cancel({ id: String(id) }),
    });
    if (cancelled.outcome !== "done") return cancelled;
  }
  return { outcome: "done", value: "closed" };
}

/** Who the buyer is, where somebody said it: fills the payment page in, and helps the payment to be approved. */
function payerBody({ email, name, surname, cpf }: Payer) {
  return {
    ...(email === null ? {} : { email }),
    ...(name === null ? {} : { name }),
    ...(surname === null ? {} : { surname }),
    ...(cpf === null ? {} : { identification: { type: "CPF", number: cpf.replaceAll(/\D/g, "") } }),
  };
}

function preferenceBody(
  charge: Charge,
  { publicUrl, statementDescriptor }: Shop,
): Parameters<Preference["create"]>[0]["body"] {
  return {
    items: chargedItems(charge).map(({ title, quantity, unitPriceCents }, index) => ({
      id: String(index + 1),
      title,
      description: charge.description,
      quantity,
      unit_price: reaisOf(unitPriceCents),
      currency_id: "BRL",
      category_id: "food",
    })),
    external_reference: charge.id,
    statement_descriptor: statementDescriptor,
    // Boletos and deposits take days; food does not wait for them.
    payment_methods: { excluded_payment_types: [{ id: "ticket" }, { id: "atm" }], installments: 1 },
    ...(charge.expiresAt === null ? {} : windowUntil(charge.expiresAt)),
    ...(publicUrl === null
      ? {}
      : {
          // Without `source_news` the old, unsigned notifications would come too (provider §10.4).
          notification_url: `${publicUrl}/payments/webhook?source_news=webhooks`,
          back_urls: { success: `${publicUrl}/`, pending: `${publicUrl}/`, failure: `${publicUrl}/` },
          auto_return: "approved",
        }),
  };
}

function windowUntil(end: Date): { expires: boolean; expiration_date_to: string } {
  return { expires: true, expiration_date_to: brasiliaTime(end) };
}

/** Mercado Pago documents its dates with an offset; Brasília has had −03:00 all year since 2019. */
function brasiliaTime(at: Date): string {
  return new Date(at.getTime() - 3 * 3_600_000).toISOString().replace("Z", "-03:00");
}

/** The only float of the house: this family wants reais as a JSON number. Dividing by 100 rounds to the nearest one. */
function reaisOf(cents: number): number {
  return cents / 100;
}
