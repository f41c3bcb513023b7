import type { FastifyInstance, FastifyReply } from "fastify";
import type { OnlineOrder } from "../domain/order.ts";
import type { Payment } from "../domain/payment.ts";
import type { Preference } from "../domain/preference.ts";
import { qrPngBase64 } from "../http/qr-png.ts";
import { isJsonObject } from "../json.ts";
import { currentOrder } from "../use-cases/current-charge.ts";
import { describeCharge } from "../use-cases/describe-charge.ts";
import { findById } from "../use-cases/find-charge.ts";
import { type PayRefusal, payCharge } from "../use-cases/pay-charge.ts";
import { payPreference } from "../use-cases/pay-preference.ts";
import type { World } from "../world.ts";
import { sendCheckout, sendCheckoutResult, sendClosed, sendTicket } from "./checkout-page.ts";
import { sendPage, terminalPage, walletBody, walletScript } from "./document.ts";
import { orderBackUrl, sendChallenge, sendOrderCheckout } from "./order-pages.ts";

/** The pages people see: wallet, hosted checkout, Pix ticket. */
export const addPages = (app: FastifyInstance, world: World): void => {
  app.get("/", (_request, reply) =>
    sendPage(reply, { title: "Carteira de teste", body: walletBody, script: walletScript }),
  );
  app.get<{ Params: { id: string } }>("/terminal/:id", ({ params }, reply) => {
    if (world.tables.terminals.get(params.id) === undefined) return sendClosed(reply, "terminal");
    return sendPage(reply, { title: `Maquininha ${params.id}`, ...terminalPage });
  });
  const openOrder = (id: string) => {
    const order = world.store.transact(() => currentOrder(world, id));
    return order?.type === "online" ? { order, view: describeCharge(world, { kind: "order", order }) } : undefined;
  };
  app.get<{ Params: { id: string } }>("/3ds/:id", ({ params }, reply) => {
    const shown = openOrder(params.id);
    return shown === undefined ? sendClosed(reply, "unknown") : sendChallenge(reply, shown);
  });
  app.get<{ Querystring: { pref_id?: string; order_id?: string } }>("/checkout/v1/redirect", ({ query }, reply) => {
    const shown = query.order_id === undefined ? undefined : openOrder(query.order_id);
    if (shown !== undefined) return sendOrderCheckout(reply, shown);
    const preference = world.tables.preferences.get(query.pref_id ?? "");
    if (preference === undefined) return sendClosed(reply, "unknown");
    return sendCheckout(reply, { preference, view: describeCharge(world, { kind: "preference", preference }) });
  });
  app.post("/checkout/v1/pay", (request, reply) => payFromForm(world, { form: request.body, reply }));
  app.get<{ Params: { id: string } }>("/payments/:id/ticket", ({ params }, reply) => {
    const charge = world.store.transact(() => findById(world, params.id));
    const qrCode = charge?.kind === "payment" ? charge.payment.qrCode : (charge?.order.qrData ?? null);
    if (charge === undefined || qrCode === null) return sendClosed(reply, "unknown");
    return sendTicket(reply, { view: describeCharge(world, charge), png: qrPngBase64(qrCode) });
  });
};

const outcomes = ["approved", "rejected", "pending"] as const;
const backUrlNames = { approved: "success", rejected: "failure", pending: "pending" } as const;

const payFromForm = async (world: World, call: { form: unknown; reply: FastifyReply }): Promise<FastifyReply> => {
  const { reply } = call;
  const form = isJsonObject(call.form) ? call.form : {};
  const outcome = outcomes.find((known) => known === form["outcome"]);
  const order = world.store.transact(() => currentOrder(world, String(form["order_id"])));
  if (order?.type === "online" && outcome !== undefined) return payOrderFromForm(world, { order, outcome, reply });
  const preference = world.tables.preferences.get(String(form["pref_id"]));
  if (preference === undefined || outcome === undefined) return sendClosed(reply, "unknown");
  const decision = world.store.transact(() => payPreference(world, { preference, outcome }));
  await world.store.durable();
  if (!decision.ok) return sendClosed(reply, decision.code === "already_paid" ? "paid" : decision.code);
  const back = backUrl(preference, { payment: decision.value, name: backUrlNames[outcome] });
  return back === null ? sendCheckoutResult(reply, { payment: decision.value, outcome }) : reply.redirect(back, 303);
};

const payOrderFromForm = async (
  world: World,
  call: { order: OnlineOrder; outcome: (typeof outcomes)[number]; reply: FastifyReply },
): Promise<FastifyReply> => {
  const { order, outcome, reply } = call;
  const decision = world.store.transact(() => payCharge(world, { charge: { kind: "order", order }, outcome }));
  await world.store.durable();
  if (!decision.ok) return sendClosed(reply, closedBecause[decision.code]);
  const latest = world.tables.orders.get(order.id);
  if (outcome === "pending" && latest?.type === "online" && latest.ticketUrl !== null)
    return reply.redirect(latest.ticketUrl, 303);
  const url = orderBackUrl(order, outcome);
  if (url === null) return sendCheckoutResult(reply, { payment: order, outcome });
  const added = { order_id: order.id, status: decision.value.status, external_reference: order.externalReference };
  for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value);
  return reply.redirect(url.href, 303);
};

const closedBecause: Record<PayRefusal, Parameters<typeof sendClosed>[1]> = {
  already_paid: "paid",
  canceled: "canceled",
  expired: "expired",
  rejected: "rejected",
  not_yet: "not_yet",
  pending_not_possible: "unknown",
};

/** Where the shop wants the buyer back, with what Checkout Pro adds to the address. */
const backUrl = (preference: Preference, end: { payment: Payment; name: string }): string | null => {
  const urls = preference.content["back_urls"];
  const address = isJsonObject(urls) ? urls[end.name] : undefined;
  if (typeof address !== "string" || !URL.canParse(address)) return null;
  const url = new URL(address);
  const { payment } = end;
  const added = {
    collection_id: String(payment.id),
    collection_status: payment.status,
    payment_id: String(payment.id),
    status: payment.status,
    external_reference: payment.externalReference ?? "null",
    payment_type: payment.methodType,
    merchant_order_id: String(payment.merchantOrderId ?? "null"),
    preference_id: preference.id,
    site_id: "MLB",
    processing_mode: "aggregator",
    merchant_account_id: "null",
  };
  for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value);
  return url.href;
};
