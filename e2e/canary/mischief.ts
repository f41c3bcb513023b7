import { createPool } from "@comanda/postgres";
import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { POISON, STRANGER, type Stage } from "./cast.ts";
import { dotted, type Guest } from "./guests.ts";

const VALUES = [STRANGER.cpf, dotted(STRANGER.cpf), STRANGER.email, STRANGER.phone, STRANGER.card];

/** Personal data and a card where none belong: fields, addresses, queries, headers, broken bodies. All is refused. */
export async function wrongPlaces(stage: Stage, { guest, admin }: { guest: Guest; admin: string }): Promise<void> {
  for (const value of VALUES) {
    await Promise.all([
      inFields(stage, { value, token: guest.token, admin }),
      inAddresses(stage, { value, token: admin }),
      inHeaders(stage, { value, token: guest.token }),
    ]);
  }
}

type Wrong = { readonly value: string; readonly token: string };

async function inFields({ client, system }: Stage, { value, token, admin }: Wrong & { admin: string }): Promise<void> {
  const post = (path: string, json: unknown, by = token) =>
    client.ask("POST", system.web + path, { token: by, json, headers: { "idempotency-key": newId() } });
  const id = newId();
  const item = { product_id: value, quantity: value, comment: [value], [value]: value };
  const answers = [
    await post("/orders/", { items: [item], payment_method: value, customer_name: { value }, table: value.repeat(9) }),
    await post("/orders/", { items: [{ product_id: id, quantity: 1 }], payment_method: "qr", card_number: value }),
    await post(`/orders/${id}/cancel`, { reason: value, [value]: 1 }),
    await post(`/payments/${id}/refunds`, { amount_cents: value, card: { number: value } }, admin),
    await post(`/payments/${id}/receive`, { tender: value }, admin),
    await post("/products", { name: value, price_cents: value, category_id: value }, admin),
    await post("/devices", { name: { value }, kind: value }, admin),
    await post("/customers/invitations", { email: `${value}@`, role: value }, admin),
    await post(`/customers/${id}/disclosure`, { reason: "legal_order", reference: value }, admin),
    await post("/customers/register", { name: [value], email: value.repeat(30), cpf: `${value}0`, consent: value }),
    await client.ask("POST", `${system.web}/orders/`, { token, raw: `{"customer_name":"${value}",}` }),
    await client.ask("POST", `${system.web}/orders/`, { token, raw: value }),
    await client.ask("POST", `${system.web}/token`, { form: { grant_type: value, username: value, [value]: value } }),
    await client.ask("POST", `${system.web}/token`, { form: { grant_type: "refresh_token", refresh_token: value } }),
    await client.ask("POST", `${system.payment}/payments/`, { token, json: { payer: { email: value, cpf: value } } }),
    await client.ask("POST", `${system.payment}/events`, { token, json: [{ id: value, data: value }] }),
  ];
  mustBeRefused(answers, value);
}

async function inAddresses({ client, system }: Stage, { value, token }: Wrong): Promise<void> {
  const text = encodeURIComponent(value);
  const paths = [
    `/customers/${text}`,
    `/customer/${text}/export`,
    `/orders/${text}`,
    `/orders/?customer_id=${text}`,
    `/orders/?cursor=${text}`,
    `/payments/${text}/transactions`,
    `/payments/?order_id=${text}&${text}=${text}`,
    `/products/${text}/image?v=${text}`,
    `/customers/?cpf=${text}`,
    `/nowhere/${text}?cpf=${text}`,
    `/${text}`,
    `/orders/%zz${text}`,
  ];
  const answers = await Promise.all(paths.map((path) => client.ask("GET", system.web + path, { token })));
  mustBeRefused(answers, value);
  const direct = [`${system.auth}/customers/${text}`, `${system.order}/orders/${text}`, `${system.payment}/${text}`];
  mustBeRefused(await Promise.all(direct.map((url) => client.ask("GET", url, { token }))), value);
}

async function inHeaders({ client, system }: Stage, { value, token }: Wrong): Promise<void> {
  const headers = {
    "x-request-id": value,
    "user-agent": `Mozilla/5.0 (${value}) Firefox/140.0`,
    "accept-language": value,
    "x-forwarded-for": value,
    traceparent: value,
    tracestate: value,
    cookie: `session=${value}`,
    referer: `http://exemplo-canario.com.br/?cpf=${value}`,
    "idempotency-key": value,
    "if-none-match": value,
  };
  for (const base of [system.web, system.order]) {
    await client.ask("GET", `${base}/orders/${newId()}`, { token, headers, expect: 404 });
    await client.ask("GET", `${base}/orders/`, { token: value, headers, expect: 401 });
    await client.ask("POST", `${base}/orders/`, { token, json: {}, headers, expect: 422 });
  }
  await client.ask("GET", `${system.web}/auth`, {
    headers: { ...headers, authorization: `Basic ${value}` },
    expect: 401,
  });
  await client.ask("POST", `${system.web}/token`, { form: { username: value, password: value }, headers });
}

function mustBeRefused(answers: readonly { readonly status: number }[], value: string): void {
  const bad = answers.findIndex(({ status }) => status < 400 || status >= 500);
  if (bad >= 0) throw new Error(`wrong place ${bad} with ${value} answered ${answers[bad]?.status}`);
}

/** An event that payment can never take lands among the parked ones; what is shown of those is searched too. */
export async function poison(stage: Stage, admin: string): Promise<void> {
  const { client, system } = stage;
  const { order: connectionString } = system.databaseUrls;
  const pool = createPool({ connectionString, applicationName: "canary", max: 1 });
  const [id, subject] = [newId(), newId()];
  const data = JSON.stringify({ order_id: POISON.email, payer: POISON.email, amount_cents: POISON.email });
  try {
    await pool.query("insert into outbox (id, type, subject, data) values ($1, $2, $3, $4::jsonb)", [
      id,
      "comanda.order.payment_requested",
      subject,
      data,
    ]);
    await waitFor(
      async () => (await pool.query("select 1 from outbox where id = $1 and parked_at is not null", [id])).rowCount,
      {
        timeoutMs: 20_000,
        description: "the poison to be parked",
      },
    );
  } finally {
    await pool.end();
  }
  await client.show("parked events", `${system.order}/events/parked`, admin);
}
