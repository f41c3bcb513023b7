import { createHmac } from "node:crypto";
import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { plainProducts } from "@comanda/testing/system-client";
import { PAYER, ROSA, STRANGER, type Stage, VERA } from "./cast.ts";
import type { Json } from "./client.ts";
import { dotted, type Guest } from "./guests.ts";
import type { Secrets } from "./secrets.ts";

type Wishes = { readonly customer_name: string; readonly comment: string; readonly payment_method: "qr" | "link" };

/** What people add to words, unasked: it is to be found nowhere, not even where their words are kept. */
const UNASKED = `CPF na nota ${dotted(STRANGER.cpf)}, cartão ${STRANGER.card}, ${STRANGER.email}`;
/** The same CPF as others write it. */
const ODDLY = dotted(STRANGER.cpf).replace("-", " \u2013 ");

/** Rosa pays by link and eats; Vera pays by QR and gets her money back, some of it with words of staff. */
export async function ordersArePaid(
  stage: Stage,
  { rosa, vera, admin }: { readonly rosa: Guest; readonly vera: Guest; readonly admin: string },
): Promise<{ readonly order: string; readonly payment: string }> {
  const [first, second] = await Promise.all([
    orderAndPay(stage, rosa, {
      customer_name: ROSA.calledOut,
      comment: `${ROSA.wish}; ${UNASKED}`,
      payment_method: "link",
    }),
    orderAndPay(stage, vera, { customer_name: VERA.calledOut, comment: VERA.wish, payment_method: "qr" }),
  ]);
  const { client, system } = stage;
  const json = { status: "preparing" };
  await client.ask("PATCH", `${system.web}/orders/${first.order}`, { token: admin, json, expect: 200 });
  await client.ask("POST", `${system.web}/payments/${second.payment}/refunds`, {
    token: admin,
    json: { amount_cents: 100, reason: VERA.staffWords },
    expect: 201,
  });
  await client.ask("POST", `${system.web}/orders/${second.order}/cancel`, {
    token: vera.token,
    json: { reason: `${VERA.refund}; ${UNASKED}` },
    expect: 200,
  });
  await until(stage, second.order, admin, "refunded");
  await client.ask("POST", `${system.web}/payments/${first.payment}/refunds`, {
    token: admin,
    json: { amount_cents: 100, reason: `troco; ${UNASKED}; ${ODDLY}` },
    headers: { "idempotency-key": STRANGER.email },
    expect: 201,
  });
  const ticket = await client.ask("POST", `${system.web}/orders/events/ticket`, {
    token: rosa.token,
    json: {},
    expect: 200,
  });
  const opens = stage.plant("the ticket of a stream", ticket.json["ticket"]);
  // A stream that is not theirs: refused, with the ticket in the address.
  await client.ask("GET", `${system.web}/orders/${second.order}/events?ticket=${opens}`);
  await client.ask("GET", `${system.web}/orders/${first.order}/events?ticket=${opens}x`);
  return first;
}

async function orderAndPay(
  { client, system }: Stage,
  guest: Guest,
  { comment, ...wishes }: Wishes,
): Promise<{ readonly order: string; readonly payment: string }> {
  const [product] = await plainProducts(system);
  const placed = await client.ask("POST", `${system.web}/orders/`, {
    token: guest.token,
    json: { items: [{ product_id: product?.id, quantity: 2, comment }], ...wishes },
    headers: { "idempotency-key": `pedido-${STRANGER.cpf}-${guest.id}` },
    expect: 201,
  });
  const order = String(placed.json["id"]);
  const charge: Json = await waitFor(async () => {
    const { json } = await client.ask("GET", `${system.web}/orders/${order}`, { token: guest.token });
    const payment: Json | null = json["payment"] ?? null;
    return payment?.["qr_code"] || payment?.["payment_link"] ? payment : null;
  });
  const { qr_code, payment_link } = charge;
  const scanned = qr_code === null ? { payment_link } : { qr_code };
  await client.ask("POST", `${system.sandbox}/sandbox/pay`, { json: scanned, expect: 200 });
  await until({ client, system }, order, guest.token, "paid");
  return { order, payment: String(charge["id"]) };
}

async function until(
  { client, system }: Pick<Stage, "client" | "system">,
  order: string,
  token: string,
  status: string,
): Promise<void> {
  await waitFor(
    async () => (await client.ask("GET", `${system.web}/orders/${order}`, { token })).json["status"] === status,
    { timeoutMs: 20_000, description: `order ${order} to be ${status}` },
  );
}

/** Notices that are not Mercado Pago's, unsigned or signed by a guess; and one that is, with a payer in its body. */
export async function noticesCome({ client, system }: Stage, { webhookSecret }: Secrets): Promise<void> {
  const url = `${system.web}/payments/webhook`;
  const json = { action: "payment.updated", type: "payment", data: { id: "123456" }, payer: PAYER };
  const at = `${url}?data.id=123456&type=payment`;
  await client.ask("POST", at, { json, expect: 401 });
  await client.ask("POST", `${at}&email=${encodeURIComponent(PAYER.email)}`, {
    json,
    headers: { "x-signature": `ts=${Date.now()},v1=${"ab".repeat(32)}`, "x-request-id": newId() },
    expect: 401,
  });
  await client.ask("POST", url, { raw: `{"payer":{"email":"${PAYER.email}","cpf":"${PAYER.cpf}"`, expect: 401 });
  await client.ask("POST", `${url}?topic=${PAYER.cpf}&id=${encodeURIComponent(PAYER.email)}`, { json });
  const [ts, request] = [Date.now(), newId()];
  const v1 = createHmac("sha256", webhookSecret).update(`id:123456;request-id:${request};ts:${ts};`).digest("hex");
  await client.ask("POST", at, {
    json,
    headers: { "x-signature": `ts=${ts},v1=${v1}`, "x-request-id": request },
    expect: 200,
  });
}
