import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeProduct } from "./menu-builders.ts";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
afterAll(() => harness.close());

type Who = Parameters<OrderingHarness["as"]>[0];
const SCREEN = newId();
const KITCHEN_SCREEN = { role: "device", kind: "kitchen", subject: SCREEN } as const;
const KIOSK = { role: "device", kind: "kiosk" } as const;

async function writtenOf(id: string) {
  const read = "select content from audit_trail where target_id = $1 order by seq";
  const { rows } = await harness.database.pool.query(read, [id]);
  return rows.map(({ content }) => JSON.parse(content));
}

/** How often payment was, or will be, told to let go of the money of an order. */
async function releasesOf(id: string): Promise<number | null> {
  const said = "select 1 from outbox where subject = $1 and type = 'comanda.order.payment_cancelled'";
  return (await harness.database.pool.query(said, [id])).rowCount;
}

async function withoutTrail<Answer>(act: () => Promise<Answer>): Promise<Answer> {
  await harness.database.pool.query("alter table audit_trail rename to audit_trail_gone");
  try {
    return await act();
  } finally {
    await harness.database.pool.query("alter table audit_trail_gone rename to audit_trail");
  }
}

/** A paid order of two lines. */
async function paid(who?: Who) {
  const line = { product_id: harness.productId, quantity: 1 };
  const order = await harness.paid({ items: [line, line] }, who === undefined ? undefined : await harness.as(who));
  const [first = "", second = ""] = order.items.map(({ id }) => id);
  return { ...order, first, second };
}
const step = async (id: string, item: string, { status, who = "kitchen" }: { status: string; who?: Who }) =>
  harness.call("PATCH", `/orders/${id}/items/${item}`, { headers: await harness.as(who), payload: { status } });
const refund = async (id: string, item: string) =>
  harness.call("POST", `/orders/${id}/items/${item}/refund`, { headers: await harness.as("cashier") });

describe("money that goes back by the word of the order service", () => {
  it("when the cashier gives back a refused line, then who, which line, and how much", async () => {
    const { id, first } = await paid(KIOSK);
    await step(id, first, { status: "refused" });
    expect((await refund(id, first)).statusCode).toBe(200);
    expect(await writtenOf(id)).toMatchObject([
      { action: "change-order-item", actor: { role: "kitchen" }, details: { item: first, item_status: "refused" } },
      {
        action: "refund-order-item",
        outcome: "ok",
        actor: { role: "cashier" },
        target: { kind: "orders" },
        details: { item: first, amount_cents: 2145, is_paid: true },
      },
    ]);
  });

  it("when a screen of the kitchen turns a paid order away, then which screen; a totem is its guest's hand", async () => {
    const [turnedAway, called] = [await paid(), await harness.placed({}, await harness.as(KIOSK))];
    const answer = await harness.patch(turnedAway.id, { status: "rejected", reason: "acabou" }, KITCHEN_SCREEN);
    expect(answer.statusCode).toBe(200);
    await harness.call("POST", `/orders/${called.id}/cancel`, { headers: await harness.as(KIOSK) });
    expect(await writtenOf(turnedAway.id)).toMatchObject([
      {
        action: "change-order-status",
        actor: { id: SCREEN, role: "device:kitchen" },
        details: { status: "rejected", is_paid: true, charges: [turnedAway.payment?.id] },
      },
    ]);
    expect(await writtenOf(called.id)).toEqual([]);
  });

  it("when a screen refuses the lines one by one, then each, and the order that ends with the last", async () => {
    const { id, first, second } = await paid();
    await step(id, first, { status: "started", who: KITCHEN_SCREEN });
    await step(id, first, { status: "refused", who: KITCHEN_SCREEN });
    await step(id, second, { status: "refused", who: KITCHEN_SCREEN });
    expect(await writtenOf(id)).toMatchObject([
      { action: "change-order-item", actor: { role: "device:kitchen" }, details: { item: first, status: "paid" } },
      { action: "change-order-item", details: { item: second, status: "rejected", is_paid: true } },
    ]);
  });

  it.each([
    [
      "cancelled by the counter",
      async (id: string) => harness.call("POST", `/orders/${id}/cancel`, { headers: await harness.as("cashier") }),
    ],
    ["turned away", (id: string) => harness.patch(id, { status: "rejected" }, KITCHEN_SCREEN)],
  ])("when the trail cannot be written, then no order is %s, and payment hears nothing", async (_what, act) => {
    const { id, version } = await paid();
    expect((await withoutTrail(() => act(id))).statusCode).toBe(500);
    expect(await harness.look(id)).toMatchObject({ status: "paid", version });
    expect(await releasesOf(id)).toBe(0);
    expect((await act(id)).statusCode).toBe(200);
    expect(await releasesOf(id)).toBe(1);
  });

  it("when the trail cannot be written, then no line is refused or given back", async () => {
    const { id, first } = await paid(KIOSK);
    expect((await withoutTrail(() => step(id, first, { status: "refused" }))).statusCode).toBe(500);
    expect((await harness.look(id)).items[0]).toMatchObject({ id: first, status: "queued" });
    await step(id, first, { status: "refused" });
    const { version } = await harness.look(id);
    expect((await withoutTrail(() => refund(id, first))).statusCode).toBe(500);
    expect(await harness.look(id)).toMatchObject({ version });
  });
});

describe("prices within a product", () => {
  it("when an option or a choice of a combo costs something else, then from what to what", async () => {
    const drink = await makeProduct(harness, { price_cents: 700 });
    const [bacon, slot] = [newId(), newId()];
    const options = (cents: number) => [
      { id: newId(), name: "Extras", min: 0, max: 2, options: [{ id: bacon, name: "Bacon", price_cents: cents }] },
    ];
    const slots = (cents: number) => [
      { id: slot, name: "Bebida", choices: [{ product_id: drink.id, price_cents: cents }] },
    ];
    const { id } = await makeProduct(harness, { option_groups: options(300), slots: slots(0) });
    const headers = await harness.as("manager");
    const edit = (payload: object) => harness.call("PATCH", `/products/${id}`, { headers, payload });
    expect((await edit({ option_groups: options(450) })).statusCode).toBe(200);
    expect((await edit({ slots: slots(200) })).statusCode).toBe(200);
    expect((await edit({ option_groups: [] })).statusCode).toBe(200);
    expect((await edit({ position: 3 })).statusCode).toBe(200);
    const [made, ...edited] = (await writtenOf(id)).map(({ details }) => details.prices);
    expect(made).toEqual([`option Bacon ${bacon}: none → 300`, `choice Bebida ${slot}/${drink.id}: none → 0`]);
    expect(edited).toEqual([
      [`option Bacon ${bacon}: 300 → 450`],
      [`choice Bebida ${slot}/${drink.id}: 0 → 200`],
      [`option Bacon ${bacon}: 450 → none`],
      undefined,
    ]);
  });
});

describe("a look at the orders of one person", () => {
  it("when staff ask for them, then whose, and which; not when they look after the day's orders", async () => {
    const guest = newId();
    const { id } = await harness.placed({}, await harness.as({ role: "customer", subject: guest }));
    for (const url of [`/orders/?customer_id=${guest}`, "/orders/"]) {
      await harness.call("GET", url, { headers: await harness.as("cashier") });
    }
    await harness.call("GET", `/orders/?customer_id=${guest}`, {
      headers: await harness.as({ role: "customer", subject: guest }),
    });
    expect(await writtenOf(guest)).toMatchObject([
      { action: "list-orders", actor: { role: "cashier" }, target: { kind: "customers" }, details: { ids: [id] } },
    ]);
    const { rows } = await harness.database.pool.query("select 1 from audit_trail where action = 'list-orders'");
    expect(rows).toHaveLength(1);
  });
});
