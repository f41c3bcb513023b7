import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { CALLERS, type CallerName } from "@comanda/testing/callers";
import { describeFields } from "@comanda/testing/fields";
import type { TokenOptions } from "@comanda/testing/tokens";
import { afterAll, beforeAll, expect, it } from "vitest";
import { OrderSchema } from "../src/http/order-schema.ts";
import { makeProduct } from "./menu-builders.ts";
import { APPROVED, type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
let item: Record<string, unknown>;
beforeAll(async () => {
  harness = await startOrderingHarness();
  const drink = await makeProduct(harness, {
    name: "Suco",
    price_cents: 500,
    removable: ["gelo"],
    option_groups: [{ name: "Tamanho", min: 0, max: 1, options: [{ name: "Grande", price_cents: 200 }] }],
  });
  const combo = await makeProduct(harness, {
    name: "Combo",
    removable: ["cebola"],
    option_groups: [{ name: "Ponto", min: 0, max: 1, options: [{ name: "Bem passado", price_cents: 100 }] }],
    slots: [{ name: "Bebida", choices: [{ product_id: drink.id, price_cents: 50 }] }],
  });
  const [group] = combo["option_groups"] as { options: { id: string }[] }[]; // as it was just made
  const [size] = drink["option_groups"] as { options: { id: string }[] }[]; // as it was just made
  const [slot] = combo["slots"] as { id: string }[]; // as it was just made
  item = {
    product_id: combo.id,
    quantity: 1,
    comment: "bem quente",
    options: [group?.options[0]?.id],
    without: ["cebola"],
    slots: [{ slot_id: slot?.id, product_id: drink.id, options: [size?.options[0]?.id], without: ["gelo"] }],
  };
});
afterAll(() => harness.close());

/** What an order of each kind needs to be paid with, and what became of it: together they fill every field. */
const STORIES = {
  "a QR, paid": { payment_method: "qr" },
  "a link, open": { payment_method: "link" },
  "a terminal, where it waits": { payment_method: "terminal" },
} as const;

/** An order whose every word was said, placed by the caller where they can place one. */
async function place(caller: CallerName, wish: Record<string, unknown>): Promise<{ id: string; headers: Headers }> {
  const token: TokenOptions = caller === "nobody" ? { role: "customer" } : CALLERS[caller];
  const device = newId();
  harness.payment.terminals.set(device, null);
  const isKiosk = caller === "device:kiosk";
  const own = await harness.as({
    ...token,
    ...(caller === "service" ? { audience: "order" } : {}),
    ...(isKiosk ? { subject: device } : { device }),
  });
  const whole = { items: [item, item], customer_name: "Ana", table: "7", service_mode: "dine_in", ...wish };
  const isGuest = token.role === "customer" || isKiosk;
  const { id } = await harness.placed(whole, isGuest ? own : await harness.as({ role: "customer", device }));
  return { id, headers: own };
}

type Headers = Record<string, string>;

describeFields({ name: "order", schema: OrderSchema }, async (caller) => {
  const seen: unknown[] = [];
  for (const wish of Object.values(STORIES)) {
    const { id, headers } = await place(caller, wish);
    const see = async () => (await harness.call("GET", `/orders/${id}`, { headers })).json();
    const charge = await waitFor(() => harness.payment.chargeOf(id), { description: "the charge at payment" });
    if (wish.payment_method === "terminal")
      await harness.receive(harness.payment.move(charge.payment_id, { detail: "at_terminal" }));
    await waitFor(async () => (await harness.look(id)).payment !== null, { description: "the charge at the order" });
    seen.push(await see());
    // The kitchen is shown none of them before they are paid.
    await harness.receive(harness.payment.move(charge.payment_id, APPROVED));
    const line = (await harness.look(id)).items[0]?.id;
    await harness.call("PATCH", `/orders/${id}/items/${line}`, {
      headers: await harness.as("kitchen"),
      payload: { status: "refused" },
    });
    await harness.call("POST", `/orders/${id}/items/${line}/refund`, { headers: await harness.as("cashier") });
    seen.push(await see());
  }
  return seen.filter((order) => Object(order).id !== undefined);
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
