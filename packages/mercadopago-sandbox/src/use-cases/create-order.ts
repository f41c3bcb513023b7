import { writeBrCode } from "../domain/br-code.ts";
import { durationMs } from "../domain/dates.ts";
import { allow, type Decision, refuse } from "../domain/decision.ts";
import { centsOfText } from "../domain/money.ts";
import type { Order, OrderBase, QrOrder } from "../domain/order.ts";
import type { JsonObject } from "../json.ts";
import type { Seller } from "../sellers.ts";
import type { World } from "../world.ts";
import { watchOrder } from "./current-charge.ts";

/** Members every type of order shares in the body of `POST /v1/orders`. */
export type OrderInput = {
  external_reference: string;
  total_amount?: string;
  description?: string;
  expiration_time?: string;
  items?: JsonObject[];
  discounts?: JsonObject;
  integration_data?: JsonObject;
};

/** Body of `POST /v1/orders` of type `qr` once its schema holds. */
export type QrOrderInput = OrderInput & {
  type: "qr";
  config: { qr: { external_pos_id: string; mode?: QrOrder["mode"] } };
  transactions: { payments: [{ amount: string }] };
};

const defaultExpirationTime = "PT15M";
const expirationMinMs = 30_000;
const qrExpirationMaxMs = 3600 * 3_600_000;

/** Opens a charge by QR code at a till of the seller. */
export const createQrOrder = (
  world: World,
  request: { seller: Seller; input: QrOrderInput },
): Decision<Order, "property_value" | "invalid_total_amount"> => {
  const { seller, input } = request;
  const { qr } = input.config;
  const base = newOrder(world, {
    seller,
    input,
    amount: input.transactions.payments[0].amount,
    expiration: { byDefault: defaultExpirationTime, minMs: expirationMinMs, maxMs: qrExpirationMaxMs },
  });
  if (!base.ok) return base;
  const [pos] = world.indexes.posByExternalId(`${seller.userId} ${qr.external_pos_id}`);
  if (pos === undefined) return refuse("property_value", ["'$.config.qr.external_pos_id' - does not exist"]);

  const mode = qr.mode ?? "static";
  const { amountCents } = base.value;
  const order: QrOrder = {
    ...base.value,
    type: "qr",
    mode,
    pos: { id: pos.id, externalId: qr.external_pos_id, storeId: pos.storeId },
    qrData: mode === "static" ? null : instoreQr(world, { storeId: pos.storeId, amountCents }),
  };
  world.tables.orders.put(order.id, order);
  watchOrder(world, order);
  return allow(order);
};

/** What every new order starts with; refuses amounts that do not add up and a life too short or too long. */
export const newOrder = (
  world: World,
  request: {
    seller: Seller;
    input: OrderInput;
    amount: string;
    expiration: { byDefault: string; minMs: number; maxMs: number };
  },
): Decision<OrderBase, "property_value" | "invalid_total_amount"> => {
  const { seller, input, expiration } = request;
  const nowMs = world.clock.now();
  const amountCents = centsOfText(request.amount);
  const expirationTime = input.expiration_time ?? expiration.byDefault;
  const livesMs = durationMs(expirationTime);
  if (amountCents <= 0)
    return refuse("property_value", ["'$.transactions.payments[0].amount' - must be greater than 0"]);
  if (input.total_amount !== undefined && centsOfText(input.total_amount) !== amountCents)
    return refuse("invalid_total_amount", ["'$.total_amount' - must equal the sum of the transactions"]);
  if (livesMs === undefined || livesMs < expiration.minMs || livesMs > expiration.maxMs) {
    const [least, most] = [expiration.minMs / 1000, expiration.maxMs / 1000];
    return refuse("property_value", [`'$.expiration_time' - must be a duration between PT${least}S and PT${most}S`]);
  }
  return allow({
    id: world.ids.order(nowMs),
    userId: seller.userId,
    applicationId: seller.applicationId,
    externalReference: input.external_reference,
    amountCents,
    echo: {
      ...(input.description !== undefined && { description: input.description }),
      ...(input.items !== undefined && { items: input.items }),
      ...(input.discounts !== undefined && { discounts: input.discounts }),
      ...(input.integration_data !== undefined && { integrationData: input.integration_data }),
    },
    expirationTime,
    createdMs: nowMs,
    updatedMs: nowMs,
    expiresMs: nowMs + livesMs,
    status: "created",
    statusDetail: "created",
    version: 1,
    paymentId: world.ids.payment(nowMs),
    qrData: null,
    paid: null,
    refunds: [],
    refusedAttempts: 0,
  });
};

/** Where a dynamic code points. The host is reserved for tests: no bank resolves it, so nobody can really pay. */
export const qrHost = "pix-qr.simulador.test";

const instoreQr = (world: World, charge: { storeId: number; amountCents: number }): string => {
  const store = world.tables.stores.get(String(charge.storeId));
  return writeBrCode({
    merchantName: `SIMULADOR ${store?.name ?? ""}`,
    city: "SAO PAULO",
    amountCents: charge.amountCents,
    target: { kind: "dynamic", url: `${qrHost}/instore/o/v2/${world.ids.uuid()}` },
  });
};
