import { writeBrCode } from "../domain/br-code.ts";
import { durationMs } from "../domain/dates.ts";
import { allow, type Decision, refuse } from "../domain/decision.ts";
import { centsOfText } from "../domain/money.ts";
import type { Order } from "../domain/order.ts";
import type { JsonObject } from "../json.ts";
import type { Seller } from "../sellers.ts";
import type { World } from "../world.ts";
import { watchOrder } from "./current-charge.ts";

/** Body of `POST /v1/orders` once its schema holds. */
export type CreateOrderInput = {
  type: string;
  external_reference: string;
  total_amount?: string;
  description?: string;
  expiration_time?: string;
  config: { qr: { external_pos_id: string; mode?: Order["mode"] } };
  transactions: { payments: [{ amount: string }] };
  items?: JsonObject[];
  discounts?: JsonObject;
  integration_data?: JsonObject;
};

const defaultExpirationTime = "PT15M";
const expirationMinMs = 30_000;
const expirationMaxMs = 3600 * 3_600_000;

/** Opens a charge by QR code at a till of the seller. */
export const createOrder = (
  world: World,
  request: { seller: Seller; input: CreateOrderInput },
): Decision<Order, "property_value" | "invalid_total_amount"> => {
  const { seller, input } = request;
  const { qr } = input.config;
  const nowMs = world.clock.now();
  const amountCents = centsOfText(input.transactions.payments[0].amount);
  const expirationTime = input.expiration_time ?? defaultExpirationTime;
  const livesMs = durationMs(expirationTime);
  const [pos] = world.indexes.posByExternalId(`${seller.userId} ${qr.external_pos_id}`);
  if (amountCents <= 0)
    return refuse("property_value", ["'$.transactions.payments[0].amount' - must be greater than 0"]);
  if (input.total_amount !== undefined && centsOfText(input.total_amount) !== amountCents)
    return refuse("invalid_total_amount", ["'$.total_amount' - must equal the sum of the transactions"]);
  if (livesMs === undefined || livesMs < expirationMinMs || livesMs > expirationMaxMs)
    return refuse("property_value", ["'$.expiration_time' - must be a duration between PT30S and PT3600H"]);
  if (pos === undefined) return refuse("property_value", ["'$.config.qr.external_pos_id' - does not exist"]);

  const mode = qr.mode ?? "static";
  const order: Order = {
    id: world.ids.order(nowMs),
    userId: seller.userId,
    applicationId: seller.applicationId,
    externalReference: input.external_reference,
    amountCents,
    mode,
    pos: { id: pos.id, externalId: qr.external_pos_id, storeId: pos.storeId },
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
    qrData: mode === "static" ? null : instoreQr(world, { storeId: pos.storeId, amountCents }),
    paid: null,
    refunds: [],
    refusedAttempts: 0,
  };
  world.tables.orders.put(order.id, order);
  watchOrder(world, order);
  return allow(order);
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
