import { newId } from "@comanda/primitives";
import type { CallerName } from "@comanda/testing/callers";
import { ask, plainProducts } from "@comanda/testing/system-client";
import type { House, Thing, Things } from "./house-shape.ts";
import type { Operation } from "./operations.ts";

const KEPT = 200;

/** Puts some of everything into a house. */
export async function fillHouse(house: Pick<House, "system" | "tokenOf" | "things" | "idOf">): Promise<void> {
  const { system, things } = house;
  const products = await plainProducts(system);
  things.set(
    "products",
    products.map(({ id }) => ({ id, owner: "admin", parts: {} })),
  );
  const { items: categories } = await ask<{ items: { id: string }[] }>(`${system.order}/categories`);
  things.set(
    "categories",
    categories.map(({ id }) => ({ id, owner: "admin", parts: {} })),
  );
  for (const owner of ["anonymous", "identified", "registered", "cashier", "device:kiosk"] as const) {
    const token = await house.tokenOf(owner, "order");
    for (const payment_method of ["counter", "qr", "link"]) {
      const body = { items: [{ product_id: products[0]?.id, quantity: 1 }], payment_method };
      const order = await ask<{ id: string; items: { id: string }[] }>(`${system.order}/orders`, {
        token,
        body,
        expect: 201,
      });
      add(things, "orders", { id: order.id, owner, parts: { item_id: order.items[0]?.id ?? "" } });
    }
  }
  const token = await house.tokenOf("service", "payment");
  for (const owner of ["anonymous", "registered"] as const) {
    for (const method of ["counter", "qr", "link"]) {
      const body = {
        order_id: newId(),
        attempt: 1,
        customer_id: house.idOf(owner),
        amount_cents: 4290,
        method,
        description: "Pedido",
        items: [{ title: "X", quantity: 1, unit_price_cents: 4290 }],
      };
      const charge = await ask<{ id: string }>(`${system.payment}/payments/`, { token, body, expect: 201 });
      add(things, "payments", { id: charge.id, owner, parts: {} });
    }
  }
  for (const owner of ["anonymous", "registered"] as const)
    add(things, "customers", { id: house.idOf(owner), owner, parts: {} });
}

/** Notes what a request has just made. */
export function noteMade(
  house: House,
  { path }: Operation,
  made: { readonly caller: CallerName; readonly answer: unknown },
): void {
  const answer = Object(made.answer);
  const id = answer.id ?? answer.customer?.id;
  if (typeof id !== "string") return;
  const [, kind = ""] = path.split("/");
  add(house.things, `made ${kind}`, { id, owner: made.caller, parts: { item_id: answer.items?.[0]?.id ?? "" } });
}

function add(things: Things, kind: string, thing: Thing): void {
  const kept = things.get(kind) ?? [];
  things.set(kind, [...kept.slice(-KEPT), thing]);
}

/**
 * Which thing a request is about. What would take away the ground under everybody else is done to what the attack made
 * itself.
 */
export function thingFor(
  house: House,
  { operation, caller, turn }: { operation: Operation; caller: CallerName; turn: number },
): Thing {
  const [, kind = ""] = operation.path.split("/");
  const isGentle = operation.method === "GET" || kind === "orders" || kind === "payments";
  const all = [...(isGentle ? (house.things.get(kind) ?? []) : []), ...(house.things.get(`made ${kind}`) ?? [])];
  const own = all.filter(({ owner }) => owner === caller);
  const pool = own.length > 0 && turn % 4 !== 0 ? own : all;
  return pool[turn % Math.max(pool.length, 1)] ?? { id: newId(), owner: caller, parts: {} };
}
