import { verdictOf } from "../domain/card.ts";
import { allow, type Decision, refuse } from "../domain/decision.ts";
import { centsOfText } from "../domain/money.ts";
import {
  awaitTransfer,
  captureOrder,
  decideCard,
  failOrder,
  isChallenged,
  isWithoutCode,
  prepareTransfer,
  settleOrder,
} from "../domain/online-order.ts";
import { changeOrder, type OnlineOrder } from "../domain/order.ts";
import type { JsonObject } from "../json.ts";
import type { Seller } from "../sellers.ts";
import type { World } from "../world.ts";
import { takeCardToken } from "./create-card-token.ts";
import { newOrder, type OrderInput } from "./create-order.ts";
import { pixQr } from "./create-payment.ts";
import { currentOrder, watchOrder } from "./current-charge.ts";
import { saveOrder } from "./save-charge.ts";

/** A payment of an online order, as it is sent. */
export type TransactionInput = { amount: string; payment_method: JsonObject; expiration_time?: string };

/** Body of `POST /v1/orders` of type `online` once its schema holds. */
export type OnlineOrderInput = OrderInput & {
  type: "online";
  total_amount: string;
  processing_mode?: "automatic" | "manual";
  capture_mode?: OnlineOrder["captureMode"];
  payer?: JsonObject & { email?: string };
  config?: JsonObject;
  transactions?: { payments: [TransactionInput] };
};

const expiration = { byDefault: "P1D", minMs: 30 * 60_000, maxMs: 30 * 24 * 3_600_000 };
const testEmail = /@testuser\.com$/i;

/** Creates an online order; in `automatic` mode its payment is tried at once. */
export const createOnlineOrder = (
  world: World,
  request: { seller: Seller; input: OnlineOrderInput },
): Decision<
  OnlineOrder,
  "property_value" | "invalid_total_amount" | "invalid_email_for_sandbox" | "order_builder_without_transactions"
> => {
  const { seller, input } = request;
  const transaction = input.transactions?.payments[0];
  const isManual = input.processing_mode === "manual";
  const expirationTime = transaction?.expiration_time ?? input.expiration_time;
  const base = newOrder(world, {
    seller,
    input: { ...input, ...(expirationTime !== undefined && { expiration_time: expirationTime }) },
    amount: transaction?.amount ?? input.total_amount,
    expiration,
  });
  if (!base.ok) return base;
  if (transaction === undefined && !isManual) return refuse("order_builder_without_transactions");
  if (input.payer?.email !== undefined && !testEmail.test(input.payer.email))
    return refuse("invalid_email_for_sandbox", ["'$.payer.email' - must end with @testuser.com"]);
  const order: OnlineOrder = {
    ...base.value,
    type: "online",
    pos: null,
    processingMode: isManual ? "manual" : "automatic",
    captureMode: input.capture_mode ?? "automatic",
    payer: input.payer ?? {},
    config: input.config ?? null,
    method: transaction?.payment_method ?? null,
    paymentId: transaction === undefined ? "" : base.value.paymentId,
    transactionDetail: "ready_to_process",
    ticketUrl: null,
    settlesMs: null,
    ...(transaction === undefined && { checkout: checkoutOf(world, base.value) }),
  };
  world.tables.orders.put(order.id, order);
  watchOrder(world, order);
  return isManual ? allow(order) : processOrder(world, order);
};

const checkoutOf = (world: World, { id }: { id: string }) => ({
  url: `${world.publicUrl()}/checkout/v1/redirect?order_id=${id}`,
  clientToken: world.ids.uuid(),
});

/** The buyer asks the hosted page for a Pix, to be paid from another app. */
export const startCheckoutPix = (world: World, order: OnlineOrder): OnlineOrder => {
  const method = { id: "pix", type: "bank_transfer" };
  const paymentId = order.paymentId || world.ids.payment(world.clock.now());
  const decision = processOrder(world, { ...order, method, paymentId });
  return decision.ok ? decision.value : order;
};

/** Tries the payment of an order. A refused card leaves the order `failed`: the caller answers 402. */
export const processOrder = (
  world: World,
  order: OnlineOrder,
): Decision<OnlineOrder, "order_builder_without_transactions"> => {
  if (order.method === null) return refuse("order_builder_without_transactions");
  const nowMs = world.clock.now();
  const settleMs = world.faults.get().async_delay_ms;
  const next = order.method["id"] === "pix" ? pix(world, { order, settleMs }) : card(world, { order, settleMs });
  if (next.status === "processing") world.tables.orders.put(next.id, next);
  else saveOrder(world, next);
  if (next.settlesMs !== null && next.settlesMs > nowMs) watchSettling(world, next);
  watchPix(world, next);
  if (next.expiresMs < order.expiresMs) watchOrder(world, next);
  return allow(next);
};

const pix = (world: World, { order, settleMs }: { order: OnlineOrder; settleMs: number }): OnlineOrder => {
  const nowMs = world.clock.now();
  const delayMs = world.faults.get().pix_delay_ms;
  const isWaiting = delayMs > 0 && order.pixAtMs === undefined;
  if (isWaiting) return prepareTransfer(order, { nowMs, pixAtMs: nowMs + delayMs });
  const qrData = pixQr({ id: world.ids.number(), amountCents: order.amountCents });
  const isTestPayer = order.payer["first_name"] === "APRO";
  const ticketUrl = `${world.publicUrl()}/payments/${order.id}/ticket`;
  return awaitTransfer(order, { qrData, ticketUrl, nowMs, settlesMs: isTestPayer ? nowMs + settleMs : null });
};

const card = (world: World, { order, settleMs }: { order: OnlineOrder; settleMs: number }): OnlineOrder => {
  const nowMs = world.clock.now();
  const token = takeCardToken(world, { userId: order.userId, tokenId: String(order.method?.["token"] ?? "") });
  if (token === undefined) return failOrder(order, { detail: "invalid_card_token", nowMs });
  const challengeUrl = isChallenged(order, token.card) ? `${world.publicUrl()}/3ds/${order.id}` : null;
  const verdict = verdictOf(token.card);
  return decideCard(order, { verdict, challengeUrl, nowMs, referenceId: world.ids.number(), settleMs });
};

/** Arranges that what settles by itself does so on time, restarts included. */
export const watchSettling = (world: World, order: OnlineOrder): void => {
  if (order.settlesMs === null) return;
  world.clock.at(order.settlesMs, () =>
    world.store.transact(() => {
      const latest = currentOrder(world, order.id);
      if (latest?.type !== "online") return;
      const settled = settleOrder(latest, { nowMs: world.clock.now(), referenceId: world.ids.number() });
      if (settled !== latest) saveOrder(world, settled);
    }),
  );
};

/** Arranges that the code of a Pix that was not there at once comes on time, restarts included. */
export const watchPix = (world: World, order: OnlineOrder): void => {
  if (order.pixAtMs === undefined || !isWithoutCode(order)) return;
  world.clock.at(order.pixAtMs, () =>
    world.store.transact(() => {
      const latest = currentOrder(world, order.id);
      if (latest?.type === "online" && isWithoutCode(latest)) processOrder(world, latest);
    }),
  );
};

/** Takes what a card has reserved. */
export const captureOnlineOrder = (world: World, order: OnlineOrder): Decision<OnlineOrder, "cannot_capture_order"> => {
  const decision = captureOrder(order, { nowMs: world.clock.now(), referenceId: world.ids.number() });
  if (decision.ok) saveOrder(world, decision.value);
  return decision;
};

/** Adds, changes or (with null) removes the one payment of a manual order that was not processed yet. */
export const editTransaction = (
  world: World,
  edit: { order: OnlineOrder; change: Partial<TransactionInput> | null },
): OnlineOrder => {
  const { order, change } = edit;
  const nowMs = world.clock.now();
  const amountCents = change?.amount === undefined ? order.amountCents : centsOfText(change.amount);
  const paymentId = change === null ? "" : order.paymentId || world.ids.payment(nowMs);
  const method = change === null ? null : { ...order.method, ...change.payment_method };
  const edited = { ...changeOrder(order, { updatedMs: nowMs, paymentId, amountCents }), method };
  world.tables.orders.put(edited.id, edited);
  return edited;
};
