import { waitFor } from "@comanda/testing";
import { CALLERS, type CallerName } from "@comanda/testing/callers";
import { describeFields } from "@comanda/testing/fields";
import type { TokenOptions } from "@comanda/testing/tokens";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeProduct } from "./menu-builders.ts";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
let item: Record<string, unknown>;
beforeAll(async () => {
  harness = await startOrderingHarness();
  const drink = await makeProduct(harness, { name: "Suco", price_cents: 500 });
  const combo = await makeProduct(harness, {
    name: "Combo",
    removable: ["cebola"],
    option_groups: [{ name: "Ponto", min: 0, max: 1, options: [{ name: "Bem passado", price_cents: 100 }] }],
    slots: [{ name: "Bebida", choices: [{ product_id: drink.id, price_cents: 50 }] }],
  });
  const [group] = combo["option_groups"] as { options: { id: string }[] }[]; // as it was just made
  const [slot] = combo["slots"] as { id: string }[]; // as it was just made
  item = {
    product_id: combo.id,
    quantity: 1,
    comment: "bem quente",
    options: [group?.options[0]?.id],
    without: ["cebola"],
    slots: [{ slot_id: slot?.id, product_id: drink.id }],
  };
});
afterAll(() => harness.close());

/** Orders that fill every field, placed by the caller where they can place one. */
async function place(caller: CallerName): Promise<{ readonly id: string; readonly headers: Record<string, string> }> {
  const token: TokenOptions = caller === "nobody" ? { role: "customer" } : CALLERS[caller];
  const headers = await harness.as(caller === "service" ? { ...token, audience: "order" } : token);

  const whole = { items: [item], payment_method: "qr", customer_name: "Ana", table: "7", service_mode: "dine_in" };
  const isGuest = token.role === "customer" || caller === "device:kiosk";
  const { id } = await harness.placed(whole, isGuest ? headers : undefined);
  await waitFor(async () => (await harness.look(id)).payment?.qr_code, { description: "the QR" });
  return { id, headers };
}

describeFields("order", async (caller) => {
  const { id, headers } = await place(caller);
  return [(await harness.call("GET", `/orders/${id}`, { headers })).json()];
});

it("when the kitchen and the panel look at lists, then nothing more is in them than in one order", async () => {
  await harness.paid({ items: [item], payment_method: "qr", customer_name: "Ana" });
  for (const kind of ["kitchen", "panel"] as const) {
    const headers = await harness.as({ role: "device", kind });
    for (const path of ["/orders", "/orders/queue"]) {
      const { items } = (await harness.call("GET", path, { headers })).json();
      expect(items.length).toBeGreaterThan(0);
      expect(JSON.stringify(items)).not.toMatch(/_cents|customer_id|"payment"/);
    }
  }
});
