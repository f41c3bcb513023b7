import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { ask } from "@comanda/testing/system-client";
import type { House } from "../house-shape.ts";
import { PIXEL } from "../values.ts";
import { type Occasions, tokenFor } from "./occasion.ts";
import { parkAnEvent } from "./parked-event.ts";

type Order = { readonly id: string; readonly status: string; readonly payment: { readonly id: string } | null };
type Line = { readonly id: string; readonly item_id: string };

/** A fresh order to be paid at the counter, of the registered guest or whose token it is. */
async function place(house: House, whose?: string): Promise<Line> {
  const token = whose ?? (await house.tokenOf("registered", "order"));
  const product = house.things.get("products")?.[0]?.id;
  const body = { items: [{ product_id: product, quantity: 1 }], payment_method: "counter" };
  const url = `${house.system.order}/orders`;
  const order = await ask<{ id: string; items: { id: string }[] }>(url, { token, body, expect: 201 });
  return { id: order.id, item_id: order.items[0]?.id ?? "" };
}

/** The same, with the money in the drawer. */
export async function placeAndPay(house: House, whose?: string): Promise<Line> {
  const line = await place(house, whose);
  const token = await house.tokenOf("admin", "order");
  const look = () => ask<Order>(`${house.system.order}/orders/${line.id}`, { token });
  const patience = { timeoutMs: 20_000, description: "payment to know of the order" };
  const charge = await waitFor(async () => (await look()).payment?.id, patience);
  const receive = `${house.system.payment}/payments/${charge}/receive`;
  await ask(receive, { token: await house.tokenOf("cashier", "payment"), body: { tender: "card" } });
  await waitFor(async () => (await look()).status === "paid", {
    timeoutMs: 20_000,
    description: "the order to be paid",
  });
  return line;
}

async function refuseLine(house: House): Promise<Line> {
  const line = await placeAndPay(house);
  await ask(`${house.system.order}/orders/${line.id}/items/${line.item_id}`, {
    method: "PATCH",
    token: await house.tokenOf("kitchen", "order"),
    body: { status: "refused", reason: "acabou o queijo" },
  });
  return line;
}

/** Another name each time, in letters: the digits of one id in some thousands pass for a CPF, which no name may hold. */
const categoryName = () => `Lanches ${newId().replaceAll(/\d/g, (digit) => String.fromCharCode(103 + Number(digit)))}`;

async function category(house: House): Promise<{ readonly id: string }> {
  const options = { token: await house.tokenOf("admin", "order"), body: { name: categoryName() }, expect: 201 };
  const { id } = await ask<{ id: string }>(`${house.system.order}/categories`, options);
  return { id };
}

async function dish(house: House): Promise<{ readonly id: string }> {
  const body = { name: "X-Salada", price_cents: 2190, category_id: house.things.get("categories")?.[0]?.id };
  const options = { token: await house.tokenOf("admin", "order"), body, expect: 201 };
  const { id } = await ask<{ id: string }>(`${house.system.order}/products`, options);
  return { id };
}

/** What is done to orders, and what only staff and other services ask the order service. */
export const ORDER_OCCASIONS: Occasions = {
  "POST /orders": async () => ({
    body: { payment_method: "counter", device_id: undefined, priority: undefined, table: undefined },
  }),
  "GET /orders/events": async () => ({ caller: "admin", query: { last_event_id: undefined } }),
  "GET /orders/{id}": async (house) => ({ caller: "registered", path: await place(house) }),
  "PATCH /orders/{id}": async (house) => ({
    caller: "kitchen",
    path: await placeAndPay(house),
    headers: { "if-match": undefined },
    body: { status: "preparing", expected_version: undefined },
  }),
  "PATCH /orders/{id}/items/{item_id}": async (house) => ({
    caller: "kitchen",
    path: await placeAndPay(house),
    body: { status: "started", expected_version: undefined },
  }),
  "POST /orders/{id}/items/{item_id}/refund": async (house) => ({ caller: "admin", path: await refuseLine(house) }),
  "POST /orders/{id}/cancel": async (house) => ({ caller: "registered", path: await place(house) }),
  "POST /orders/{id}/payment": async (house) => ({
    caller: "registered",
    path: await place(house),
    body: { payment_method: "qr", device_id: undefined },
  }),
  "PATCH /products/{id}": async (house) => ({ caller: "admin", path: await dish(house) }),
  "PUT /products/{id}/image": async (house) => ({ path: await dish(house) }),
  "DELETE /products/{id}": async (house) => ({ path: await dish(house) }),
  "PATCH /categories/{id}": async (house) => ({ path: await category(house), body: { name: `Lanches ${newId()}` } }),
  "DELETE /categories/{id}": async (house) => ({ path: await category(house) }),
  "GET /products/{id}/image": async (house) => {
    const { id } = await dish(house);
    const response = await fetch(`${house.system.order}/products/${id}/image`, {
      method: "PUT",
      headers: { authorization: `Bearer ${await house.tokenOf("admin", "order")}`, "content-type": "image/png" },
      body: Buffer.from(PIXEL, "base64"),
    });
    if (!response.ok) throw new Error(`a photo was not taken: ${response.status} ${await response.text()}`);
    return { path: { id }, headers: { "if-none-match": undefined } };
  },
  "GET /privacy/customers/{id}": async (house) => ({
    token: await tokenFor(house, { name: "service", id: "auth" }, "order"),
    path: { id: house.idOf("registered") },
  }),
  "POST /events/parked/{id}/retry": async (house) => ({
    path: { id: await parkAnEvent(house, { by: "order", type: "comanda.order.payment_requested" }) },
  }),
};
