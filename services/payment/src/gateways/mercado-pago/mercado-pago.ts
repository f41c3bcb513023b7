import { type Id, makeTwoValues } from "@comanda/primitives";
import { MerchantOrder } from "mercadopago";
import type { Charge } from "../../domain/charge.ts";
import type { ProviderCharge, ProviderResult } from "../../domain/provider-charge.ts";
import type { PaymentList } from "../payment-list.ts";
import type { PaymentProvider, ProviderResource } from "../payment-provider.ts";
import { MerchantOrderAnswer } from "./answers.ts";
import { useProviderAt } from "./base-url.ts";
import { paymentOfChargeback, paymentOfClaim } from "./disputes.ts";
import { withDispute } from "./link-payments.ts";
import { makeLinks } from "./links.ts";
import { mapDone } from "./outcomes.ts";
import { makePaymentList } from "./payment-list.ts";
import { makePlainGet } from "./plain-get.ts";
import { makePointOrders } from "./point-orders.ts";
import { makeProviderLimits, type ProviderObserver } from "./provider-limits.ts";
import { makeQrOrders } from "./qr-orders.ts";
import { type Identifiers, makeSdk, type Sdk } from "./sdk-call.ts";
import { sellerOf } from "./seller.ts";
import { listTerminals } from "./terminals.ts";

/** What Mercado Pago must be told once. */
export type MercadoPagoSettings = {
  readonly accessToken: string;
  /** The one before it, of the same application and seller, while the token is changed. */
  readonly previousAccessToken?: string | undefined;
  /** The till whose QR is shown when the device that orders has none of its own (provider §6.1). */
  readonly externalPosId: string;
  /** Where guests and notifications reach us; without it links say nothing of a way back. */
  readonly publicUrl: string | null;
  /** Stands for Mercado Pago: the sandbox. `null` is the real one. */
  readonly baseUrl: string | null;
  /** What the buyer reads on the card's statement; `COMANDA` when absent. At most 22 characters (provider §3.1). */
  readonly statementDescriptor?: string;
  readonly identifiers?: Identifiers;
  /** Waited for before each call: work in the background must not take the provider's patience from the guests. */
  readonly pace?: () => Promise<void>;
  /** Told of every call; nobody, when not given. */
  readonly observer?: ProviderObserver;
};

const NOBODY: ProviderObserver = {
  onCall: () => undefined,
  onShed: () => undefined,
  onBreaker: () => undefined,
  onStrangeAnswer: () => undefined,
  onToken: () => undefined,
  onBarrier: () => undefined,
};

/**
 * Mercado Pago behind our own words: QR and card terminal by the Orders API, links by Checkout Pro, each charge read,
 * closed and refunded by the family that made it. Opens no connection by itself.
 * @throws Error when the address of another provider may not be used
 */
export function makeMercadoPago(settings: MercadoPagoSettings): PaymentProvider & PaymentList {
  useProviderAt(settings.baseUrl);
  const observer = settings.observer ?? NOBODY;
  const { pace, identifiers } = settings;
  const limits = makeProviderLimits(observer);
  const tokens = makeTwoValues({
    present: settings.accessToken,
    previous: settings.previousAccessToken,
    onChange: observer.onToken,
  });
  const get = makePlainGet(tokens, limits);
  const sdk = makeSdk(tokens, {
    limits,
    observer,
    ...(pace === undefined ? {} : { pace }),
    ...(identifiers === undefined ? {} : { identifiers }),
  });
  const orders = makeQrOrders({ sdk, externalPosId: settings.externalPosId });
  const terminals = makePointOrders({ sdk });
  const links = makeLinks({
    sdk,
    publicUrl: settings.publicUrl,
    statementDescriptor: settings.statementDescriptor ?? "COMANDA",
  });
  const { userId: sellerId } = sellerOf({ MERCADOPAGO_ACCESS_TOKEN: settings.accessToken });
  const isLink = (charge: Charge) => charge.method === "link";

  return {
    ...makePaymentList({ sdk, sellerId }),
    createQrCharge: orders.create,
    createTerminalCharge: terminals.create,
    createLink: links.create,
    namePayer: links.namePayer,
    listTerminals: () => listTerminals(get),
    readCharge: (charge, hint = null) =>
      isLink(charge) ? links.readCharge(charge, hint) : readOrderCharge({ orders, links }, charge, hint),
    cancelCharge: (charge) => (isLink(charge) ? links.cancel(charge) : orders.cancel(charge)),
    refundCharge: (charge, refundId) =>
      isLink(charge) ? links.refund(charge, refundId) : orders.refund(charge, refundId),
    findCharge: (charge, seconds) => (isLink(charge) ? links.find(charge) : orders.find(charge, seconds)),
    readReference: async ({ kind, id }: ProviderResource) => {
      switch (kind) {
        case "order":
          return mapDone(await orders.read(id), (order) => referenceOf(order, null));
        case "payment":
          return readPaymentReference(links, id);
        case "merchant-order":
          return mapDone(await readMerchantOrder(sdk, id), (order) => referenceOf(order, null));
        case "chargeback":
          return ofPayment(links, await paymentOfChargeback(sdk, id));
        case "claim":
          return ofPayment(links, await paymentOfClaim(get, id));
      }
    },
  };
}

/** An order says nothing of a dispute; the payment behind it does, when a notification names it. */
async function readOrderCharge(
  { orders, links }: { orders: ReturnType<typeof makeQrOrders>; links: ReturnType<typeof makeLinks> },
  charge: Charge,
  hint: string | null,
): Promise<ProviderResult<ProviderCharge | null>> {
  const read = await orders.readCharge(charge);
  if (hint === null || read.outcome !== "done" || read.value === null) return read;
  const payment = await links.readPayment(hint);
  if (payment.outcome !== "done") return payment;
  if (payment.value === null || payment.value.external_reference !== charge.id) return read;
  return { outcome: "done", value: withDispute(read.value, payment.value) };
}

async function readPaymentReference(links: ReturnType<typeof makeLinks>, id: string) {
  return mapDone(await links.readPayment(id), (payment) => referenceOf(payment, id));
}

/** A dispute names a payment; only the payment tells whose charge it is. */
async function ofPayment(links: ReturnType<typeof makeLinks>, found: ProviderResult<string | null>) {
  if (found.outcome !== "done") return found;
  return found.value === null ? { outcome: "done" as const, value: null } : readPaymentReference(links, found.value);
}

function referenceOf(
  resource: { readonly external_reference?: string | null | undefined } | null,
  paymentId: string | null,
): { readonly reference: Id | null; readonly paymentId: string | null } | null {
  return resource === null ? null : { reference: resource.external_reference ?? null, paymentId };
}

async function readMerchantOrder(
  sdk: Sdk,
  id: string,
): Promise<ProviderResult<{ external_reference?: string | null } | null>> {
  const result = await sdk({
    answer: MerchantOrderAnswer,
    key: null,
    send: (config) => new MerchantOrder(config).get({ merchantOrderId: id }),
  });
  return result.outcome === "refused" && result.status === 404 ? { outcome: "done", value: null } : result;
}
