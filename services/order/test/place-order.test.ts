import { isId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { QR } from "./fake-payment.ts";
import { makeProduct } from "./menu-builders.ts";
import { APPROVED, type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
beforeEach(() => {
  harness.payment.mode = "up";
});
afterAll(() => harness.close());

describe("placeOrder", () => {
  it("when a guest orders at the counter, then the order is theirs, priced by the menu, and waits for money", async () => {
    const answer = await harness.place({
      items: [{ product_id: harness.productId, quantity: 2, comment: " bem   passado " }],
      customer_name: "Ana",
      table: "12",
      service_mode: "takeaway",
      priority: true,
    });
    expect(answer.statusCode).toBe(201);
    const order = answer.json();
    expect(answer.headers["location"]).toBe(`/orders/${order.id}`);
    expect(order).toMatchObject({
      number: expect.any(Number),
      status: "requested",
      payment_status: "awaiting_payment",
      channel: "phone",
      service_mode: "takeaway",
      customer_name: "Ana",
      table: "12",
      priority: true,
      items: [
        {
          product_id: harness.productId,
          name: "X-Salada",
          unit_price_cents: 2145,
          quantity: 2,
          total_cents: 4290,
          comment: "bem passado",
          status: "queued",
        },
      ],
      total_cents: 4290,
      currency: "BRL",
      payment: { method: "counter", qr_code: null, qr_code_image: null, payment_link: null },
      version: 1,
      created_at: "2026-03-10T15:00:00.000Z",
    });
    expect(isId(order.id)).toBe(true);
    expect(order.payment.expires_at).toBe("2026-03-10T15:15:00.000Z");
    expect(await harness.look(order.id)).toEqual(order);
  });

  it("when it is to be paid at the counter, then payment hears of it by an event, with the number in words", async () => {
    const order = await harness.placed();
    const event = await waitFor(() => harness.payment.events.find(({ subject }) => subject === order.id));
    expect(event).toMatchObject({
      type: "comanda.order.payment_requested",
      data: {
        payment_id: order.payment?.id,
        order_id: order.id,
        attempt: 1,
        amount_cents: 4290,
        currency: "BRL",
        method: "counter",
        description: `Pedido ${order.number}`,
        items: [{ id: order.items[0]?.id, title: "X-Salada", quantity: 2, unit_price_cents: 2145 }],
        order_expires_at: order.expires_at,
      },
    });
    expect(harness.payment.requests.some(({ body }) => body["order_id"] === order.id)).toBe(false);
  });

  it("when it is to be paid by QR, then the answer has it, and nobody is asked twice", async () => {
    const order = await harness.placed({ payment_method: "qr" });
    expect(order).toMatchObject({
      payment_status: "awaiting_payment",
      version: 2,
      payment: { method: "qr", qr_code: QR },
    });
    expect(order.payment?.qr_code_image).toMatch(/^data:image\/svg\+xml;base64,/);
    const request = harness.payment.requests.find(({ body }) => body["order_id"] === order.id);
    expect(request).toMatchObject({
      line: "POST /payments/",
      key: order.payment?.id,
      body: {
        id: order.payment?.id,
        attempt: 1,
        amount_cents: 4290,
        method: "qr",
        description: `Pedido ${order.number}`,
        expires_at: order.expires_at,
      },
    });
    const { rows } = await harness.database.pool.query("select sent_at from outbox where subject = $1", [order.id]);
    expect(rows).toEqual([{ sent_at: expect.any(Date) }]);
    expect(await harness.look(order.id)).toEqual(order);
  });

  it("when it is to be paid by link, then the answer has the link", async () => {
    const order = await harness.placed({ payment_method: "link" });
    expect(order.payment).toMatchObject({ method: "link", qr_code: null, payment_link: "https://pay.example.test/1" });
  });

  it.each(["down", "lies", "without-provider"] as const)(
    "when payment is %s, then the order is accepted all the same and the QR follows by itself",
    async (mode) => {
      harness.payment.mode = mode;
      const order = await harness.placed({ payment_method: "qr" });
      expect(order).toMatchObject({ status: "requested", payment_status: "pending", payment: null });

      harness.payment.mode = "up";
      // The safety net is five seconds wide; no test waits for it.
      await harness.database.pool.query("update outbox set available_at = now() where subject = $1", [order.id]);
      const charge = await waitFor(() => harness.payment.chargeOf(order.id));
      await harness.receive(harness.payment.move(charge.payment_id, { status: "pending", qr_code: QR }));
      expect((await harness.look(order.id)).payment).toMatchObject({ qr_code: QR });
    },
  );

  it("when payment is slow, then the guest waits no longer than the budget", async () => {
    harness.payment.mode = "slow";
    const begun = performance.now();
    const order = await harness.placed({ payment_method: "qr" });
    expect(performance.now() - begun).toBeLessThan(3_900);
    expect(order).toMatchObject({ payment_status: "pending", payment: null });
  });

  it("when the provider refuses, then the order waits for another way to pay", async () => {
    harness.payment.mode = "refuses";
    const order = await harness.placed({ payment_method: "qr" });
    expect(order).toMatchObject({ status: "requested", payment_status: "rejected", payment: { qr_code: null } });
  });

  it("when it costs nothing, then it is paid at once and nobody is asked for money", async () => {
    const free = await makeProduct(harness, { price_cents: 0 });
    const order = await harness.placed({ items: [{ product_id: free.id, quantity: 1 }] });
    expect(order).toMatchObject({ status: "paid", payment_status: "approved", payment: null, total_cents: 0 });
    const headers = await harness.as("admin");
    const tracking = await harness.call("GET", `/orders/${order.id}/tracking`, { headers });
    expect(tracking.json().items.map(({ status }: { status: string }) => status)).toEqual(["requested", "paid"]);
  });

  it("when it comes from a totem or a cashier, then its channel says so and it is nobody's", async () => {
    const kiosk = await harness.placed({}, await harness.as({ role: "device", kind: "kiosk" }));
    const cashier = await harness.placed({}, await harness.as("cashier"));
    expect([kiosk.channel, cashier.channel]).toEqual(["kiosk", "counter"]);
    expect([kiosk.customer_id, cashier.customer_id]).toEqual([null, null]);
  });

  it("when a price changes between reading the menu and ordering, then the order has one price throughout", async () => {
    const product = await makeProduct(harness, { price_cents: 1000 });
    const items = [1, 2, 3].map((quantity) => ({ product_id: product.id, quantity }));
    const headers = await harness.as("admin");
    const changer = async () => {
      for (let price = 1001; price <= 1020; price += 1) {
        await harness.call("PATCH", `/products/${product.id}`, { headers, payload: { price_cents: price } });
      }
    };
    const guests = Array.from({ length: 60 }, () => harness.placed({ items }));
    const [orders] = await Promise.all([Promise.all(guests), changer()]);
    for (const order of orders) {
      const prices = new Set(order.items.map(({ unit_price_cents }) => unit_price_cents));
      expect(prices.size).toBe(1);
      expect(order.total_cents).toBe(6 * ([...prices][0] ?? 0));
    }
    const [first] = orders;
    await harness.call("PATCH", `/products/${product.id}`, { headers, payload: { price_cents: 9999, name: "Outro" } });
    expect(await harness.look(first?.id ?? "")).toMatchObject({ total_cents: first?.total_cents, items: first?.items });
  });

  it("when a line cannot be had, then the answer names the line and nothing is written", async () => {
    const soldOut = await makeProduct(harness, { available: false });
    const before = await countOrders();
    const answer = await harness.place({
      items: [
        { product_id: harness.productId, quantity: 1 },
        { product_id: soldOut.id, quantity: 1 },
      ],
    });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      code: "item-sold-out",
      errors: [{ path: "/items/1/product_id", message: "item-sold-out" }],
    });
    expect(await countOrders()).toBe(before);
  });

  it("when the total passes R$ 10.000,00, then it is refused, and at the limit it is not", async () => {
    const dear = await makeProduct(harness, { price_cents: 100_000 });
    const items = [{ product_id: dear.id, quantity: 10 }];
    expect((await harness.place({ items })).statusCode).toBe(201);
    const over = await harness.place({ items: [...items, { product_id: harness.productId, quantity: 1 }] });
    expect(over.json()).toMatchObject({ status: 422, code: "order-total-too-high" });
  });

  it("when the client names its own price, status or owner, then it is refused", async () => {
    for (const field of ["total_cents", "status", "customer_id", "number", "paid", "currency"]) {
      const answer = await harness.place({ [field]: 1 });
      expect(answer.json()).toMatchObject({ status: 422, code: "validation-failed", errors: [{ path: `/${field}` }] });
    }
    const items = [{ product_id: harness.productId, quantity: 1, unit_price_cents: 1 }];
    expect((await harness.place({ items })).statusCode).toBe(422);
  });

  it.each([-1, 0, -0, 21, 1.5, "2", null, [2], true, 2 ** 31, 2 ** 53 - 1])(
    "when the quantity is %j, then it is refused as the client's mistake",
    async (quantity) => {
      const answer = await harness.place({ items: [{ product_id: harness.productId, quantity }] });
      expect(answer.statusCode).toBe(422);
    },
  );

  it("when the quantity is a number that could have been another, then it is not even read (corpus H-07)", async () => {
    const answer = await harness.place({ items: [{ product_id: harness.productId, quantity: 2 ** 53 }] });
    expect(answer.json()).toMatchObject({ status: 400, code: "malformed-json" });
  });

  it("when the input is of a kind that breaks databases, then it is refused before it gets there", async () => {
    const line = { product_id: harness.productId, quantity: 1 };
    const bad = [
      { customer_name: "a\u0000b" },
      { customer_name: "\ud800" },
      { customer_name: "\u202eAna" },
      { customer_name: "   " },
      { customer_name: "a".repeat(61) },
      { table: 'x\n{"level":30}' },
      { items: [] },
      { items: Array.from({ length: 51 }, () => line) },
      { items: [{ ...line, comment: "a".repeat(201) }] },
      { items: [{ ...line, product_id: `urn:uuid:${harness.productId}` }] },
      { items: [{ ...line, product_id: { $ne: null } }] },
      { items: [{ ...line, options: ["' OR '1'='1"] }] },
      { payment_method: "cash" },
      { priority: "yes" },
    ];
    for (const difference of bad)
      expect((await harness.place(difference)).statusCode, JSON.stringify(difference)).toBe(422);
    const emoji = "👩‍👩‍👧‍👦".repeat(28);
    expect((await harness.place({ items: [{ ...line, comment: emoji }] })).statusCode).toBe(201);
    expect(
      (await harness.place({ items: [{ ...line, product_id: harness.productId.toUpperCase() }] })).statusCode,
    ).toBe(201);
    expect((await harness.place({ customer_name: "<script>{{7*7}}" })).json().customer_name).toBe("<script>{{7*7}}");
  });

  // Reliability S-20: what was sent takes effect once, whoever is still listening.
  it("when the guest's line breaks after sending, then the repetition finds the one order", async () => {
    const address = await harness.app.listen({ host: "127.0.0.1", port: 0 });
    const headers = {
      ...(await harness.as("customer")),
      "idempotency-key": "broken-line",
      "content-type": "application/json",
    };
    const payload = { items: [{ product_id: harness.productId, quantity: 1 }], payment_method: "qr" };
    harness.payment.mode = "slow";
    const leaving = new AbortController();
    const sent = fetch(`${address}/orders/`, {
      method: "POST",
      headers,
      body: JSON.stringify(payload),
      signal: leaving.signal,
    });
    await waitFor(async () => (await keysNamed("broken-line")) === 1);
    leaving.abort();
    await expect(sent).rejects.toThrow();
    harness.payment.mode = "up";
    const again = await waitFor(async () => {
      const answer = await harness.call("POST", "/orders/", { headers, payload });
      return answer.statusCode === 201 ? answer : null;
    });
    expect(again.headers["idempotency-replayed"]).toBe("true");
    const { rows } = await harness.database.pool.query("select count(*)::integer as count from orders where id = $1", [
      again.json().id,
    ]);
    expect(rows[0].count).toBe(1);
  });

  it("when a late approval comes for what was never ordered, then it is not swallowed", async () => {
    const order = await harness.placed({ payment_method: "qr" });
    const event = harness.payment.move(order.payment?.id ?? "", APPROVED);
    const foreign = { ...event, data: { ...event.data, order_id: order.payment?.id } };
    const answer = await harness.receive(foreign);
    expect(answer.json().results).toEqual([expect.objectContaining({ id: event.id, outcome: "retry" })]);
  });
});

async function countOrders(): Promise<number> {
  const { rows } = await harness.database.pool.query("select count(*)::integer as count from orders");
  return rows[0].count;
}

async function keysNamed(key: string): Promise<number> {
  const { rows } = await harness.database.pool.query(
    "select count(*)::integer as count from idempotency_keys where key = encode(sha256(convert_to($1, 'UTF8')), 'hex')",
    [key],
  );
  return rows[0].count;
}
