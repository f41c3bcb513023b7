import { randomUUID } from "node:crypto";
import type { System } from "@comanda/testing/system";
import { guestToken, plainProducts } from "@comanda/testing/system-client";
import { compare, type Outcome } from "../load.ts";
import type { Limits } from "./reads.ts";

/**
 * `POST /orders` of two lines paid at the counter (so that the provider is out of the picture), each with a key of its
 * own and one of a hundred guests' tokens, against bare handlers that insert the same rows.
 */
export async function measurePlaceOrder(system: System, limit: Limits): Promise<ReadonlyMap<string, Outcome>> {
  const tokens = await Promise.all(Array.from({ length: 100 }, () => guestToken(system)));
  const products = await plainProducts(system);
  const items = products.map(({ id }) => ({ product_id: id, quantity: 1 }));
  const body = JSON.stringify({ items, payment_method: "counter", service_mode: "dine_in" });
  let turn = 0;
  const vary = () => {
    turn += 1;
    return {
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${tokens[turn % tokens.length]}`,
        "idempotency-key": randomUUID(),
      },
      body,
    };
  };
  const load = { method: "POST", clients: limit.clients, seconds: limit.seconds, vary } as const;
  return compare(
    [
      { name: "bare, gathered", load: { ...load, url: `${limit.url}/orders/gathered` } },
      { name: "bare, one statement", load: { ...load, url: `${limit.url}/orders/single` } },
      { name: "POST /orders", load: { ...load, url: `${system.order}/orders/` } },
    ],
    limit.rounds,
  );
}
