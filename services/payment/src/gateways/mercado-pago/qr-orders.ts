import { readBrCode } from "@comanda/br-code";
import { addSeconds, fromDecimal, type Id, toDecimalText } from "@comanda/primitives";
import { Order } from "mercadopago";
import type { Static } from "typebox";
import type { Charge } from "../../domain/charge.ts";
import type {
  CreatedAtProvider,
  ProviderCharge,
  ProviderRefund,
  ProviderResult,
  ProviderState,
  RefundAnswer,
} from "../../domain/provider-charge.ts";
import { createKeyOf, refundKeyOf } from "../../domain/provider-keys.ts";
import { OrderAnswer, OrdersAnswer, RefundedOrderAnswer } from "./answers.ts";
import { chargedItems } from "./charged-items.ts";
import { instantOf, mapDone } from "./outcomes.ts";
import { terminalDetailOf } from "./point-orders.ts";
import type { Sdk } from "./sdk-call.ts";

/**
 * Charges by dynamic QR: orders of type `qr` in the Orders API. What is done with an order once it exists is the same for
 * the orders of a card terminal.
 */
export function makeQrOrders({ sdk, externalPosId }: { readonly sdk: Sdk; readonly externalPosId: string }) {
  async function create(charge: Charge, seconds: number): Promise<ProviderResult<CreatedAtProvider>> {
    const body = orderBody(charge, { seconds, externalPosId: charge.place?.externalPosId ?? externalPosId });
    const result = await sdk({
      answer: OrderAnswer,
      key: createKeyOf(charge),
      send: (config) => new Order(config).create({ body }),
    });
    return mapDone(result, (order) => createdFrom(order, charge, seconds));
  }

  async function read(orderId: string): Promise<ProviderResult<Static<typeof OrderAnswer> | null>> {
    const result = await sdk({
      answer: OrderAnswer,
      key: null,
      send: (config) => new Order(config).get({ id: orderId }),
    });
    return result.outcome === "refused" && result.status === 404 ? { outcome: "done", value: null } : result;
  }

  return {
    create,
    read,
    find: (charge: Charge, seconds: number) => findOrder({ sdk, read }, charge, seconds),
    readCharge: async (charge: Charge): Promise<ProviderResult<ProviderCharge | null>> => {
      if (charge.providerId === null) return { outcome: "done", value: null };
      const result = await read(charge.providerId);
      if (result.outcome !== "done" || result.value === null) return result.outcome === "done" ? noneOf() : result;
      const fact = factFromOrder(result.value, charge);
      return fact === null
        ? { outcome: "unknown", reason: `the order is ${result.value.status}, a state we do not know` }
        : { outcome: "done", value: fact };
    },
    cancel: async (charge: Charge): Promise<ProviderResult<"closed" | "asked">> => {
      const id = charge.providerId ?? "";
      const result = await sdk({
        answer: OrderAnswer,
        key: cancelKeyOf(charge),
        ...(charge.method === "terminal" ? { headers: CANCEL_AT_TERMINAL } : {}),
        send: (config) => new Order(config).cancel({ id }),
      });
      if (result.outcome === "refused" && result.code.startsWith("order_already_cancel")) {
        return { outcome: "done", value: "closed" };
      }
      return mapDone(result, ({ status }) => (status === "at_terminal" ? "asked" : "closed"));
    },
    refund: async (charge: Charge, refundId: Id): Promise<ProviderResult<RefundAnswer>> => {
      const id = charge.providerId ?? "";
      const { amountCents, strayPaymentId } = refundOf(charge, refundId);
      const isWhole = strayPaymentId !== null || amountCents === charge.amountCents;
      const part = { id: charge.providerPaymentId ?? "", amount: toDecimalText(amountCents) };
      const result = await sdk({
        answer: RefundedOrderAnswer,
        key: refundKeyOf(refundId),
        // Without a body it is the whole order; some orders take nothing else (provider §6.5).
        send: (config) => new Order(config).refund(isWhole ? { id } : { id, body: { transactions: [part] } }),
      });
      return mapDone(result, ({ transactions: { refunds } }) => {
        const newest = refunds[refunds.length - 1];
        return { providerRefundId: newest?.id ?? "", status: refundStatus(newest?.status ?? "") };
      });
    },
  };
}

type OrderBody = Static<typeof OrderAnswer>;

const DAY_S = 86_400;
/** What was asked for is made at once or not at all; a month is more than the sweeper asks for. */
const SEARCHED_DAYS = 30;

/** The oldest of that name: should there be two, it is the one that a guest may have seen. */
async function findOrder(
  { sdk, read }: { readonly sdk: Sdk; readonly read: (id: string) => Promise<ProviderResult<OrderBody | null>> },
  charge: Charge,
  seconds: number,
): Promise<ProviderResult<CreatedAtProvider | null>> {
  const search = await sdk({
    answer: OrdersAnswer,
    key: null,
    send: (config) =>
      new Order(config).search({
        options: {
          begin_date: addSeconds(charge.createdAt, -DAY_S).toISOString(),
          end_date: addSeconds(charge.createdAt, SEARCHED_DAYS * DAY_S).toISOString(),
          external_reference: charge.id,
          sort_order: "asc",
        },
      }),
  });
  if (search.outcome !== "done") return search;
  const found = search.value.data.find(({ external_reference: reference }) => reference === charge.id);
  if (found === undefined) return { outcome: "done", value: null };
  const order = await read(found.id);
  return mapDone(order, (value) => {
    if (value === null) return null;
    const created = createdFrom(value, charge, seconds);
    return charge.method === "terminal" ? { ...created, distrust: null } : created;
  });
}

/**
 * The refund that is to be made.
 * @throws RangeError for one that the charge has not: nothing in the house asks for it
 */
export function refundOf(charge: Charge, refundId: Id): Charge["refunds"][number] {
  const refund = charge.refunds.find(({ id }) => id === refundId);
  if (refund === undefined) throw new RangeError("a refund that this charge has not");
  return refund;
}

/** Without it a charge that the terminal shows cannot be taken back from here (provider §7.3). */
const CANCEL_AT_TERMINAL = { "x-allow-cancelable-status": "at_terminal" };

/**
 * A terminal may be asked once more, later, when it did not give the charge up: under the key of the first time the
 * provider would only repeat its first answer.
 */
function cancelKeyOf({ id, method, version }: Charge): string {
  return method === "terminal" ? `cancel-${id}-${version}` : `cancel-${id}`;
}

function noneOf(): ProviderResult<null> {
  return { outcome: "done", value: null };
}

/** No payer, no currency, no notification address: the Orders API takes none of them for a QR (provider §6.2). */
function orderBody(charge: Charge, { seconds, externalPosId }: { seconds: number; externalPosId: string }) {
  const amount = toDecimalText(charge.amountCents);
  const body = {
    type: "qr",
    total_amount: amount,
    description: charge.description,
    external_reference: charge.id,
    expiration_time: `PT${seconds}S`,
    // The SDK does not know this part of the configuration and sends it on as it is (provider §0.1, 3).
    config: { qr: { external_pos_id: externalPosId, mode: "dynamic" } },
    transactions: { payments: [{ amount }] },
    items: chargedItems(charge).map(({ title, quantity, unitPriceCents }, index) => ({
      title,
      quantity,
      unit_price: toDecimalText(unitPriceCents),
      unit_measure: "unit",
      external_code: String(index + 1),
      external_categories: [{ id: "food" }],
    })),
  };
  return body as Parameters<Order["create"]>[0]["body"]; // config.qr is missing from the SDK's types
}

function createdFrom(order: Static<typeof OrderAnswer>, charge: Charge, seconds: number): CreatedAtProvider {
  const qrCode = order.type_response?.qr_data ?? null;
  const distrust = distrustOf(qrCode, charge);
  const createdAt = instantOf(order.created_date);
  return {
    providerId: order.id,
    paymentId: order.transactions?.payments?.[0]?.id ?? null,
    qrCode: distrust === null ? qrCode : null,
    paymentLink: null,
    expiresAt: createdAt === null ? null : addSeconds(createdAt, seconds),
    distrust,
  };
}

/** A code that cannot be read, or says another amount, is not shown: the guest would pay the wrong thing. */
function distrustOf(qrCode: string | null, charge: Charge): CreatedAtProvider["distrust"] {
  const code = qrCode === null ? null : readBrCode(qrCode);
  if (code === null) return "qr-invalid";
  return code.amountCents === null || code.amountCents === charge.amountCents ? null : "qr-other-amount";
}

const STATES: ReadonlyMap<string, ProviderState> = new Map([
  ["created", "open"],
  ["at_terminal", "open"],
  // Only a card terminal says so: the order has ended, and somebody must look there (provider §7.3).
  ["action_required", "unclear"],
  ["processing", "in_review"],
  ["processed", "paid"],
  // Its refunds tell that nothing of it is left.
  ["refunded", "paid"],
  ["failed", "rejected"],
  ["canceled", "cancelled"],
  ["cancelled", "cancelled"],
  ["expired", "expired"],
  ["in_mediation", "in_dispute"],
  ["charged_back", "charged_back"],
]);

/** What an order of a QR or a terminal says of its charge; `null` for a state that we do not know. */
export function factFromOrder(order: Static<typeof OrderAnswer>, charge: Charge): ProviderCharge | null {
  const state = STATES.get(order.status);
  if (state === undefined) return null;
  const payment = order.transactions?.payments?.[0];
  return {
    providerId: order.id,
    state,
    reference: order.external_reference ?? null,
    amountCents: amountOf(order),
    currency: order.currency ?? null,
    paymentId: payment?.id ?? null,
    endToEndId: payment?.payment_method?.e2e_id ?? null,
    paidWith: payment?.payment_method?.id ?? null,
    detail: charge.method === "terminal" ? terminalDetailOf(order) : null,
    refunds: refundsFrom(order, charge),
    strays: [],
    asOf: instantOf(order.last_updated_date),
  };
}

/** What was paid for the order. A tip that the guest added at the terminal is beside it, and not what we asked for. */
function amountOf(order: Static<typeof OrderAnswer>): number | null {
  const payment = order.transactions?.payments?.[0];
  const paid = order.total_paid_amount ?? payment?.paid_amount ?? payment?.amount ?? order.total_amount;
  const paidCents = paid == null ? null : fromDecimal(paid);
  return paidCents === null ? null : paidCents - tipOf(order);
}

function tipOf(order: Static<typeof OrderAnswer>): number {
  const tip = order.transactions?.payments?.[0]?.tip_amount;
  return tip == null ? 0 : (fromDecimal(tip) ?? 0);
}

function refundsFrom(order: Static<typeof OrderAnswer>, charge: Charge): readonly ProviderRefund[] {
  const listed = (order.transactions?.refunds ?? []).flatMap(({ id, amount, status }) => {
    const returned = fromDecimal(amount);
    // Given back whole, the tip went with it; it never was this charge's.
    const amountCents = returned === charge.amountCents + tipOf(order) ? charge.amountCents : returned;
    return amountCents === null ? [] : [{ id, amountCents, status: refundStatus(status) }];
  });
  if (listed.length > 0 || order.status !== "refunded") return listed;
  // Refunded, and not said how: all that we asked for is done, or somebody else gave everything back.
  const ours = charge.refunds.flatMap(({ providerRefundId: id, amountCents }) =>
    id === null ? [] : [{ id, amountCents, status: "done" as const }],
  );
  return ours.length > 0 ? ours : [{ id: `${order.id}-refund`, amountCents: charge.amountCents, status: "done" }];
}

/** The words of both families for a refund's state. */
export function refundStatus(status: string): ProviderRefund["status"] {
  if (status === "processed" || status === "approved" || status === "refunded") return "done";
  return status === "failed" || status === "rejected" || status === "cancelled" || status === "canceled"
    ? "failed"
    : "in_process";
}
