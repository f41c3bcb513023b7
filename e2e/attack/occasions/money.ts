import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { ask } from "@comanda/testing/system-client";
import type { House } from "../house-shape.ts";
import { type Occasions, tokenFor } from "./occasion.ts";
import { parkAnEvent } from "./parked-event.ts";

type Charge = {
  readonly id: string;
  readonly order_id: string;
  readonly status: string;
  readonly qr_code: string | null;
};
type Refund = { readonly id: string; readonly status: string };

async function charge(house: House, method: "counter" | "qr"): Promise<Charge> {
  return ask(`${house.system.payment}/payments/`, {
    token: await house.tokenOf("service", "payment"),
    body: {
      order_id: newId(),
      attempt: 1,
      customer_id: house.idOf("registered"),
      amount_cents: 4290,
      method,
      description: "Pedido",
      items: [{ title: "X", quantity: 1, unit_price_cents: 4290 }],
    },
    expect: 201,
  });
}

async function paidAtCounter(house: House): Promise<string> {
  const { id } = await charge(house, "counter");
  const token = await house.tokenOf("cashier", "payment");
  await ask(`${house.system.payment}/payments/${id}/receive`, { token, body: { tender: "card" } });
  return id;
}

/** A refund that Mercado Pago would not carry out. It stays one, so that one does for a whole run. */
async function failRefund({ system, ...house }: House): Promise<{ readonly id: string; readonly refund_id: string }> {
  const { id, qr_code } = await charge({ system, ...house }, "qr");
  const token = await house.tokenOf("admin", "payment");
  const url = `${system.payment}/payments/${id}`;
  await ask(`${system.sandbox}/sandbox/pay`, { body: { qr_code } });
  const patience = { timeoutMs: 30_000, description: "the charge to be paid" };
  await waitFor(async () => (await ask<Charge>(url, { token })).status === "approved", patience);
  await ask(`${system.sandbox}/sandbox/faults`, { body: { refund_failure_rate: 1 } });
  try {
    const { refund } = await ask<{ refund: Refund }>(`${url}/refunds`, { token, body: {}, expect: 201 });
    await waitFor(
      async () => (await ask<{ items: Refund[] }>(`${url}/refunds`, { token })).items[0]?.status === "failed",
      { timeoutMs: 30_000, description: "the refund to fail" },
    );
    return { id, refund_id: refund.id };
  } finally {
    await ask(`${system.sandbox}/sandbox/faults`, { method: "DELETE" });
  }
}

const failedRefunds = new WeakMap<object, ReturnType<typeof failRefund>>();

function failedRefundOf(house: House): ReturnType<typeof failRefund> {
  const known = failedRefunds.get(house.things) ?? failRefund(house);
  failedRefunds.set(house.things, known);
  return known;
}

/** What is done to charges, and what only Mercado Pago and other services tell the payment service. */
export const MONEY_OCCASIONS: Occasions = {
  "POST /payments/": async (house) => ({
    body: { order_id: newId(), attempt: 1, customer_id: house.idOf("registered"), method: "counter" },
  }),
  "GET /payments/{id}": async (house) => ({ caller: "registered", path: await charge(house, "counter").then(idOf) }),
  "POST /payments/{id}/receive": async (house) => ({
    path: await charge(house, "counter").then(idOf),
    body: { tender: "cash", received_cents: 5000 },
  }),
  "POST /payments/{id}/cancel": async (house) => ({ path: await charge(house, "counter").then(idOf) }),
  "POST /payments/{id}/refunds": async (house) => ({
    path: { id: await paidAtCounter(house) },
    body: { amount_cents: 100, items: undefined },
  }),
  "GET /payments/{id}/refunds": async (house) => ({ path: { id: await paidAtCounter(house) } }),
  "POST /payments/{id}/refunds/{refund_id}/retry": async (house) => ({ path: await failedRefundOf(house) }),
  "GET /payments/balance": async (house) => ({ query: { order_id: (await charge(house, "counter")).order_id } }),
  "PUT /payments/points_of_sale/{device_id}": async (house) => ({
    path: { device_id: house.idOf("device:counter") },
    body: { terminal_id: null },
  }),
  "GET /payments/points_of_sale/{device_id}": async (house) => ({
    path: { device_id: house.idOf("device:counter") },
  }),
  "POST /payments/webhook": async ({ system }) => {
    const secret = (await readFile(join(system.dataDir, "secrets", "sandbox-webhook-secret"), "utf8")).trim();
    const [id, request, ts] = ["ord01k372g4j4fxz9hghzmjmggpke", newId(), Date.now()];
    const v1 = createHmac("sha256", secret).update(`id:${id};request-id:${request};ts:${ts};`).digest("hex");
    return {
      query: { "data.id": id.toUpperCase(), type: "order" },
      headers: { "x-request-id": request, "x-signature": `ts=${ts},v1=${v1}` },
    };
  },
  "GET /payments/reconciliations/{id}": async (house) => {
    const url = `${house.system.payment}/payments/reconciliations`;
    const options = { token: await house.tokenOf("admin", "payment"), body: { date: "2026-01-15" }, expect: 202 };
    return { path: await ask<Charge>(url, options).then(idOf), headers: { accept: "application/json" } };
  },
  "GET /privacy/customers/{id}": async (house) => ({
    token: await tokenFor(house, { name: "service", id: "auth" }, "payment"),
    path: { id: house.idOf("registered") },
  }),
  "POST /events/parked/{id}/retry": async (house) => ({
    path: { id: await parkAnEvent(house, { by: "payment", type: "comanda.payment.approved" }) },
  }),
};

function idOf({ id }: { readonly id: string }): { readonly id: string } {
  return { id };
}
