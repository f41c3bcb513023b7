import { addSeconds, newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chargeBody, type Harness, orderEvent, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const receive = (id: string, body: unknown, headers: Record<string, string> = {}) =>
  harness.call("POST", `/payments/${id}/receive`, { as: { role: "cashier", subject: CASHIER }, body, headers });
const CASHIER = newId();
const counterCharge = () => harness.request({ method: "counter", amount_cents: 2590 });

describe("receive-at-counter", () => {
  it("when cash is handed over, then it is paid and the change is told", async () => {
    const { id } = await counterCharge();
    const answer = await receive(id, { tender: "cash", received_cents: 5000 });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ id, status: "approved", change_cents: 2410, amount_cents: 2590 });
    const flow = (await harness.call("GET", `/payments/${id}/transactions`, { as: "manager" })).json().items;
    expect(flow).toContainEqual(
      expect.objectContaining({
        kind: "decision",
        code: "cash-received",
        summary: "R$ 50,00 recebidos no balcão, em dinheiro; troco de R$ 24,10.",
        detail: { tender: "cash", received_cents: 5000, change_cents: 2410, actor: CASHIER },
      }),
    );
  });

  it.each([
    ["a card", { tender: "card" }],
    ["a card, the amount said", { tender: "card", received_cents: 2590 }],
    ["exact cash, nothing said", { tender: "cash" }],
  ])("when it is %s, then it is paid without change", async (_what, body) => {
    const { id } = await counterCharge();
    expect((await receive(id, body)).json()).toMatchObject({ status: "approved", change_cents: 0 });
  });

  it("when it is too little, then 422 says what is missing, and nothing is booked", async () => {
    const { id } = await counterCharge();
    const answer = await receive(id, { tender: "cash", received_cents: 2000 });
    expect(answer.json()).toMatchObject({
      status: 422,
      code: "received-too-little",
      missing_cents: 590,
      detail: "Faltam R$ 5,90.",
    });
    expect(await harness.statusOf(id)).toBe("pending");
  });

  it("when a card takes more than the amount, then 422", async () => {
    const { id } = await counterCharge();
    expect((await receive(id, { tender: "card", received_cents: 3000 })).json()).toMatchObject({
      status: 422,
      code: "card-takes-exact",
    });
  });

  // Two cashiers, one guest: the money must be in the drawer once.
  it("when 20 book it at once, then one does and the others are told", async () => {
    const { id } = await counterCharge();
    const answers = await Promise.all(Array.from({ length: 20 }, () => receive(id, { tender: "cash" })));
    const codes = answers.map(({ statusCode }) => statusCode).sort();
    expect(codes).toEqual([200, ...Array(19).fill(409)]);
    expect(answers.find(({ statusCode }) => statusCode === 409)?.json().code).toBe("already-received");
  });

  it("when the same request comes again with its key, then the same answer, word for word", async () => {
    const { id } = await counterCharge();
    const body = { tender: "cash", received_cents: 3000 };
    const key = { "idempotency-key": "receipt-1" };
    const first = await receive(id, body, key);
    await harness.call("POST", `/payments/${id}/refunds`, { as: "admin", body: { amount_cents: 100 } });
    const again = await receive(id, body, key);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(again.body).toBe(first.body);
    const other = await receive(id, { tender: "card" }, key);
    expect(other.json()).toMatchObject({ status: 422, code: "idempotency-key-reused" });
  });

  it("when the charge is a QR, then 409", async () => {
    const { id } = await harness.request();
    expect((await receive(id, { tender: "cash" })).json()).toMatchObject({ status: 409, code: "not-at-counter" });
  });

  it("when it was cancelled, then 409", async () => {
    const { id } = await counterCharge();
    await harness.call("POST", `/payments/${id}/cancel`, { as: "admin" });
    expect((await receive(id, { tender: "cash" })).json()).toMatchObject({ status: 409, code: "already-closed" });
  });

  // The order answers its guest before its events have reached us; the cashier may be faster.
  it("when the charge was announced and comes a moment later, then it is waited for", async () => {
    const body = chargeBody({ method: "counter" });
    const { id, expires_at: orderExpiresAt, ...rest } = body;
    const received = receive(String(id), { tender: "cash" });
    const read = harness.call("GET", `/payments/${String(id)}`, { as: "cashier" });
    const event = { ...rest, payment_id: id, currency: "BRL", order_expires_at: orderExpiresAt };
    const sent = await harness.sendEvents([orderEvent("payment_requested", event)]);
    expect(sent.json().results).toMatchObject([{ outcome: "done" }]);
    expect((await received).json()).toMatchObject({ status: "approved" });
    expect((await read).statusCode).toBe(200);
  });

  it("when nobody ever made the charge, then 404, for an old id at once", async () => {
    const oldId = "01900000-0000-7000-8000-000000000000";
    const startedAt = performance.now();
    expect((await receive(oldId, { tender: "cash" })).statusCode).toBe(404);
    expect(performance.now() - startedAt).toBeLessThan(1_900);
    expect((await receive(newId(), { tender: "cash" })).statusCode).toBe(404);
  });

  it("when its time is over, then it expires by itself", async () => {
    const { id } = await harness.request({
      method: "counter",
      expires_at: addSeconds(new Date(), 1).toISOString(),
    });
    await harness.becomes(id, "expired");
    expect((await receive(id, { tender: "cash" })).json()).toMatchObject({ code: "already-closed" });
  });
});
