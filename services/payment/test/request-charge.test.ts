import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chargeBody, type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => harness.clearFaults());

const request = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  harness.call("POST", "/payments/", { as: "service", body, headers });

describe("request-charge", () => {
  it("when the order asks for a QR, then it is shown, paid on a phone, and the order hears of both", async () => {
    const charge = await harness.request();
    expect(charge).toMatchObject({ status: "pending", method: "qr", provider: "mercadopago", refunded_cents: 0 });
    expect(charge.qr_code).toMatch(/^000201.*6304[0-9A-F]{4}$/);
    expect(charge.qr_code_image).toMatch(/^data:image\/svg\+xml;base64,/);
    expect(charge.provider_id).toMatch(/^ORD/);
    const livesS = (Date.parse(charge.expires_at) - Date.parse(charge.created_at)) / 1000;
    expect(Math.abs(livesS - 300)).toBeLessThan(3);

    expect((await harness.pay({ qr_code: charge.qr_code })).status).toBe(200);
    const paid = await harness.becomes(charge.id, "approved");
    expect(paid.approvedAt).toBeInstanceOf(Date);
    const said = () =>
      harness.receiver.events.filter(({ data }) => (data as { payment_id: string }).payment_id === charge.id);
    await waitFor(() => said().length === 2);
    expect(said().map(({ type }) => type)).toEqual(["comanda.payment.pending", "comanda.payment.approved"]);
    expect(said()[1]?.["data"]).toMatchObject({ status: "approved", qr_code: null, amount_cents: 4290 });
  });

  it("when a payer's attempt is refused, then the QR stays open for the next", async () => {
    const charge = await harness.request();
    await harness.pay({ qr_code: charge.qr_code, outcome: "rejected" });
    expect(await harness.statusOf(charge.id)).toBe("pending");
    await harness.pay({ qr_code: charge.qr_code });
    await harness.becomes(charge.id, "approved");
  });

  it("when it is for the counter, then it waits for the cashier and nobody outside is asked", async () => {
    const charge = await harness.request({ method: "counter" });
    expect(charge).toMatchObject({ status: "pending", provider: "counter", provider_id: null, qr_code: null });
    expect(await harness.ledgerOf(charge.id)).toEqual([]);
  });

  it("when it is for a card terminal and no device is named, then it has failed at once", async () => {
    expect(await harness.request({ method: "terminal" })).toMatchObject({ status: "failed", method: "terminal" });
  });

  it("when 50 ask for the same at once, then there is one charge, one order at the provider, and all get its QR", async () => {
    const body = chargeBody();
    const answers = await Promise.all(Array.from({ length: 50 }, () => request(body)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(50).fill(201));
    expect(new Set(answers.map((answer) => answer.json().qr_code)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers["idempotency-replayed"] === undefined).length).toBe(1);
    expect(await harness.ledgerOf(String(body["id"]))).toHaveLength(1);
  });

  it("when the same attempt is asked for with other data, then 409, or 422 under an idempotency key", async () => {
    const body = chargeBody({ method: "counter" });
    await request(body);
    expect((await request({ ...body, amount_cents: 1 })).json()).toMatchObject({ status: 409, code: "attempt-taken" });
    const keyed = await request({ ...body, amount_cents: 1 }, { "idempotency-key": "k" });
    expect(keyed.json()).toMatchObject({ status: 422, code: "idempotency-key-reused" });
  });

  it("when a key comes with another body, then 422, and the first body is answered again", async () => {
    const [headers, body] = [{ "idempotency-key": newId() }, chargeBody({ method: "counter" })];
    // A service is one caller, whatever token it has at the moment.
    const as = { role: "service", subject: "order" } as const;
    const ask = (asked: Record<string, unknown>) => harness.call("POST", "/payments/", { as, body: asked, headers });
    const first = await ask(body);
    for (const difference of [{ id: newId(), order_id: newId() }, { id: newId(), attempt: 2 }, { description: "X" }]) {
      const other = await ask({ ...body, ...difference });
      expect(other.json()).toMatchObject({ status: 422, code: "idempotency-key-reused" });
    }
    const again = await ask(body);
    expect([again.headers["idempotency-replayed"], again.body]).toEqual(["true", first.body]);
  });

  it("when a new attempt is begun, then the open one is closed at the provider first", async () => {
    const first = await harness.request();
    const second = await harness.request({ order_id: first.order_id, attempt: 2, method: "counter" });
    expect(second.status).toBe("pending");
    expect(await harness.statusOf(first.id)).toBe("cancelled");
    expect((await harness.ledgerOf(first.id))[0]?.status).toBe("canceled");
    const late = await request(chargeBody({ order_id: first.order_id, attempt: 1, id: newId(), method: "counter" }));
    expect(late.json()).toMatchObject({ status: 409, code: "attempt-taken" });
  });

  it("when a new attempt is begun and the open one turns out paid, then the new one is refused", async () => {
    const first = await harness.request();
    await harness.faults({ webhooks: "drop" });
    await harness.pay({ qr_code: first.qr_code });
    const answer = await request(chargeBody({ order_id: first.order_id, attempt: 2, method: "counter" }));
    expect(answer.json()).toMatchObject({ status: 409, code: "already-paid" });
    expect(await harness.statusOf(first.id)).toBe("approved");
  });

  it("when the provider refuses the charge, then it has failed, with the provider's reason in the flow", async () => {
    const order = { title: "x".repeat(300), quantity: 1, unit_price_cents: 4290 };
    const charge = await harness.request({ items: [order] });
    expect(charge.status).toBe("pending");
    const refused = await harness.request({ amount_cents: 1_000_000, description: "ok", items: [] });
    expect(["pending", "failed"]).toContain(refused.status);
  });

  it("when the order asks for another amount than its lines say, then one line says the amount", async () => {
    const charge = await harness.request({ items: [{ title: "Combo", quantity: 1, unit_price_cents: 1 }] });
    expect(charge.status).toBe("pending");
    const order = await harness.toSandbox(`/v1/orders/${charge.provider_id}`);
    expect(order.body).toMatchObject({ total_amount: "42.90", items: [{ title: "Pedido 47", unit_price: "42.90" }] });
    expect(order.body).not.toHaveProperty("payer");
    expect(order.body["external_reference"]).toBe(charge.id);
  });
});
