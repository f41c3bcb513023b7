import { waitFor } from "@comanda/testing";
import { type System, startSystem } from "@comanda/testing/system";
import { adminToken, ask, plainProducts } from "@comanda/testing/system-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPlaces } from "./canary/places.ts";

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(() => system.stop(), 60_000);

const GUEST = {
  name: "Rosa Canário",
  email: "rosa.canario@exemplo.com.br",
  cpf: "52998224725",
  password: "um pastel de queijo às seis",
  consent: true,
};

/**
 * Every column of the three databases in which a guest's id may stand, and what of it is in the export. One that is not
 * here is a table that holds something of people and that no export tells of.
 */
const HOLDS_THEM: Readonly<Record<string, string>> = {
  "auth.people.id": "person",
  "auth.consents.person_id": "consents",
  "auth.sessions.subject": "sessions",
  "auth.audit_trail.actor_id": "audit: that they signed in, and from where",
  "auth.audit_trail.content": "audit: that they signed in, and from where",
  "order.orders.customer_id": "orders",
  "order.orders.placed_by": "orders",
  "order.order_feed.actor_id": "orders, by their tracking",
  "order.idempotency_keys.scope": "orders: the answers of their making, for 72 hours",
  "order.outbox.data": "orders: what payment was told of them, for a week",
  "payment.charges.customer_id": "payments",
  "payment.charges.document": "payments",
};

/** Where a guest's id stands once they are gone, and for how long: docs/privacy. */
const REMEMBERS_THEM: Readonly<Record<string, string>> = {
  "auth.erasures.person_id": "40 days: a restored backup must not bring them back",
  "auth.revocations.value": "an hour: their tokens must not work",
  "auth.audit_trail.actor_id": "5 years: that somebody, who is nobody by now, signed in or went",
  "auth.audit_trail.content": "5 years: that somebody, who is nobody by now, signed in or went",
  "auth.outbox.subject": "a week: what the others were told",
  "auth.outbox.data": "a week: what the others were told",
};

/** The columns of all databases in which `text` stands. */
async function columnsWith(text: string): Promise<readonly string[]> {
  const places = await readPlaces(system);
  return places
    .filter((each) => /^\w+\.\w+\.\w+$/.test(each.place) && each.text.includes(text))
    .map(({ place }) => place);
}

type Registered = { customer: { id: string }; access_token: string };
type Order = {
  id: string;
  customer_name: string | null;
  customer_id: string | null;
  total_cents: number;
  payment_status: string;
  payment: { id: string; qr_code: string | null } | null;
};
type Receipt = { id: string; status: string };
type Refund = { amount_cents: number; status: string; reason: string; created_at: string; settled_at: string | null };
type Export = {
  orders: unknown[];
  payments: { id: string; status: string; refunds: Refund[] }[];
  person: { cpf: string };
  audit: unknown[];
};

const REASON = "a Rosa achou cabelo no pastel";

/** An order by Pix, paid; then staff gave a part of the money back, and wrote why. */
async function payAndGetSomeBack(token: string, productId: string | undefined): Promise<string> {
  const body = { items: [{ product_id: productId, quantity: 2 }], payment_method: "qr" };
  const headers = { "idempotency-key": "o-pix-da-rosa" };
  const { id } = await ask<Order>(`${system.web}/orders/`, { token, body, headers, expect: 201 });
  const read = () => ask<Order>(`${system.web}/orders/${id}`, { token });
  const timeoutMs = 30_000;
  const payment = await waitFor(
    async () => {
      const { payment: charge } = await read();
      return charge?.qr_code ? charge : null;
    },
    { timeoutMs, description: "the QR" },
  );
  await ask(`${system.sandbox}/sandbox/pay`, { body: { qr_code: payment.qr_code } });
  const becomes = (status: string) =>
    waitFor(async () => (await read()).payment_status === status, { timeoutMs, description: `it to be ${status}` });
  await becomes("approved");
  const refund = { amount_cents: 100, reason: REASON };
  const admin = await adminToken(system);
  await ask(`${system.web}/payments/${payment.id}/refunds`, { token: admin, body: refund, expect: 201 });
  await becomes("partially_refunded");
  return payment.id;
}

// The whole of reliability OP-62 and OP-63 with the services as they run: what one says the others hear.
describe("what a guest can ask of all services at once", () => {
  it("when they have ordered, take their data with them and go, then the sale stays and they do not", async () => {
    const { customer, access_token: token } = await ask<Registered>(`${system.web}/customers/register`, {
      body: GUEST,
      expect: 201,
    });
    const signIn = new URLSearchParams({ username: GUEST.email, password: GUEST.password });
    expect((await fetch(`${system.web}/token`, { method: "POST", body: signIn })).status).toBe(200);
    const [product] = await plainProducts(system);
    const { id: orderId, total_cents: total } = await ask<Order>(`${system.web}/orders/`, {
      token,
      expect: 201,
      headers: { "idempotency-key": "o-pedido-da-rosa" },
      body: {
        items: [{ product_id: product?.id, quantity: 1, comment: "sem canela para a Rosa" }],
        payment_method: "counter",
        customer_name: "Rosa",
      },
    });
    const paidId = await payAndGetSomeBack(token, product?.id);
    const me = `${system.web}/customers/${customer.id}`;
    const held = await waitFor(
      async () => {
        const all = await ask<Export>(`${me}/export`, { token });
        return all.payments.length === 2 ? all : null;
      },
      { timeoutMs: 30_000, description: "the charges in the export" },
    );
    expect(held.person.cpf).toBe(GUEST.cpf);
    expect(held.audit).toMatchObject([
      { action: "sign-in", by: "self", address: expect.stringContaining("127.0.0.1") },
    ]);
    expect(held.orders).toHaveLength(2);
    expect(JSON.stringify(held.orders)).toContain("sem canela para a Rosa");
    expect(held.payments.find(({ id }) => id === paidId)).toMatchObject({
      status: "partially_refunded",
      refunds: [
        {
          amount_cents: 100,
          status: "done",
          reason: REASON,
          created_at: expect.any(String),
          settled_at: expect.any(String),
        },
      ],
    });
    expect(await columnsWith(REASON)).toEqual(["payment.charges.document"]);
    const holding = await columnsWith(customer.id);
    expect([...holding].sort()).toEqual(Object.keys(HOLDS_THEM).sort());

    const receipt = await ask<Receipt>(me, { method: "DELETE", token, expect: 202 });
    await waitFor(
      async () => (await ask<Receipt>(`${system.web}/customers/erasures/${receipt.id}`)).status === "done",
      { timeoutMs: 30_000, description: "order and payment to have done their part" },
    );
    const admin = await adminToken(system);
    const order = await ask<Order>(`${system.web}/orders/${orderId}`, { token: admin });
    expect(order).toMatchObject({ customer_name: null, customer_id: null, total_cents: total });
    const { items } = await ask<{ items: { customer_id: string | null }[] }>(
      `${system.web}/payments/?order_id=${orderId}`,
      { token: admin },
    );
    expect(items.map(({ customer_id: id }) => id)).toEqual([null]);
    const left = await columnsWith(customer.id);
    expect([...left].sort()).toEqual(Object.keys(REMEMBERS_THEM).sort());
    for (const trace of [GUEST.cpf, GUEST.email, "Canário", "canela", "cabelo"])
      expect(await columnsWith(trace), trace).toEqual([]);
    await ask(`${system.web}/auth`, { token, expect: 401 });
    const again = await ask<Registered>(`${system.web}/customers/register`, { body: GUEST, expect: 201 });
    expect(again.customer.id).not.toBe(customer.id);
  }, 120_000);
});
