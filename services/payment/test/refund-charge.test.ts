import { newId } from "@comanda/primitives";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => harness.clearFaults());

const refund = (id: string, body?: unknown, headers: Record<string, string> = {}) =>
  harness.call("POST", `/payments/${id}/refunds`, {
    as: { role: "admin", subject: ADMIN },
    headers,
    ...(body === undefined ? {} : { body }),
  });

const ADMIN = newId();

async function paidCharge(difference: Record<string, unknown> = {}) {
  await harness.faults({ refund_delay_ms: 20 });
  const charge = await harness.request({ amount_cents: 10_000, ...difference });
  await harness.pay(charge.qr_code === null ? { payment_link: charge.payment_link } : { qr_code: charge.qr_code });
  await harness.becomes(charge.id, "approved");
  return charge;
}

describe("refund-charge", () => {
  it.each(["qr", "link"])(
    "when all of a %s charge goes back, then it ends refunded, here and there",
    async (method) => {
      const { id } = await paidCharge({ method });
      const answer = await refund(id);
      expect(answer.statusCode).toBe(201);
      expect(answer.json()).toMatchObject({
        status: "refund_pending",
        refund: { amount_cents: 10_000, status: "requested" },
      });
      const charge = await harness.becomes(id, "refunded");
      expect(charge.refundedCents).toBe(10_000);
      expect(await harness.ledgerOf(id)).toMatchObject([{ refunded_cents: 10_000, times_paid: 1 }]);
    },
  );

  it.each(["qr", "link"])("when a part of a %s charge goes back, then the rest still can", async (method) => {
    const { id } = await paidCharge({ method });
    await refund(id, { amount_cents: 2_500, reason: "produto em falta" });
    expect((await harness.becomes(id, "partially_refunded")).refundedCents).toBe(2_500);
    await refund(id);
    await harness.becomes(id, "refunded");
    const [row] = await harness.ledgerOf(id);
    expect(row?.refunds.map(({ amount_cents: cents }) => cents).sort()).toEqual([2_500, 7_500]);
  });

  it("when it was paid at the counter, then the drawer gives it back at once", async () => {
    const { id } = await harness.request({ method: "counter" });
    await harness.call("POST", `/payments/${id}/receive`, { as: "cashier", body: { tender: "cash" } });
    const answer = await refund(id, { amount_cents: 290 });
    expect(answer.json()).toMatchObject({
      status: "partially_refunded",
      refunded_cents: 290,
      refund: { status: "done" },
    });
  });

  // PA-19: whoever asks at the same moment must not take out more than came in.
  it("when 50 ask for R$ 10 of R$ 100 at once, then exactly 10 get it", async () => {
    const { id } = await paidCharge();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refund(id, { amount_cents: 1_000 })));
    const codes = answers.map(({ statusCode }) => statusCode);
    expect(codes.filter((code) => code === 201)).toHaveLength(10);
    expect(codes.filter((code) => code === 422 || code === 409)).toHaveLength(40);
  });

  it("when ten parts are asked for, then the provider gives ten, one after the other", async () => {
    const { id } = await paidCharge();
    for (let part = 0; part < 10; part += 1) await refund(id, { amount_cents: 1_000 });
    expect((await harness.becomes(id, "refunded", 25_000)).refundedCents).toBe(10_000);
    const [row] = await harness.ledgerOf(id);
    expect(row?.refunds).toHaveLength(10);
    expect(row?.refunded_cents).toBe(10_000);
  });

  it("when the same key asks again, then the first answer word for word, and one refund", async () => {
    const { id } = await paidCharge();
    const key = { "idempotency-key": "refund-1" };
    const first = await refund(id, { amount_cents: 1_000 }, key);
    await harness.becomes(id, "partially_refunded");
    const again = await refund(id, { amount_cents: 1_000 }, key);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(again.body).toBe(first.body);
    expect((await refund(id, { amount_cents: 2_000 }, key)).json().code).toBe("idempotency-key-reused");
    expect((await harness.store.get(id))?.refunds).toHaveLength(1);
  });

  const lines = [
    { id: "line-1", title: "X-Salada", quantity: 2, unit_price_cents: 3_000 },
    { id: "line-2", title: "Suco", quantity: 4, unit_price_cents: 1_000 },
  ];

  it.each(["qr", "link"])("when lines of a %s charge are named, then what they cost goes back", async (method) => {
    const { id } = await paidCharge({ method, items: lines });
    const answer = await refund(id, { items: [{ id: "line-1", quantity: 1 }, { id: "line-2" }], reason: "em falta" });
    expect(answer.json().refund).toMatchObject({
      amount_cents: 7_000,
      reason: "em falta",
      items: [
        { id: "line-1", quantity: 1, amount_cents: 3_000 },
        { id: "line-2", quantity: 4, amount_cents: 4_000 },
      ],
    });
    expect((await harness.becomes(id, "partially_refunded")).refundedCents).toBe(7_000);
    const listed = await harness.call("GET", `/payments/${id}/refunds`, { as: "cashier" });
    expect(listed.json()).toMatchObject({
      items: [{ amount_cents: 7_000, status: "done", gives_back: "this_payment" }],
      left: {
        amount_cents: 3_000,
        items: [
          { id: "line-1", quantity: 1 },
          { id: "line-2", quantity: 0 },
        ],
      },
    });
    const again = await refund(id, { items: [{ id: "line-2", quantity: 1 }] });
    expect(again.json()).toMatchObject({ status: 422, code: "refund-item-repeated", left_quantity: 0 });
  });

  it("when 50 ask for one line of four at once, then exactly four get it", async () => {
    const { id } = await paidCharge({ items: lines });
    const ask = () => refund(id, { items: [{ id: "line-2", quantity: 1 }] });
    const answers = await Promise.all(Array.from({ length: 50 }, ask));
    const codes = answers.map(({ statusCode }) => statusCode);
    expect(codes.filter((code) => code === 201)).toHaveLength(4);
    expect(codes.filter((code) => code === 422)).toHaveLength(46);
    expect((await harness.becomes(id, "partially_refunded", 20_000)).refundedCents).toBe(4_000);
    expect((await harness.ledgerOf(id))[0]?.refunded_cents).toBe(4_000);
  });

  it("when the lines have no names, then they go by their place", async () => {
    const { id } = await paidCharge();
    expect((await refund(id, { items: [{ id: "1" }] })).json().refund.amount_cents).toBe(4_290);
    expect((await refund(id, { items: [{ id: "2" }] })).json()).toMatchObject({
      status: 422,
      code: "refund-item-unknown",
      item_id: "2",
    });
  });

  it("when both an amount and lines are named, then 422", async () => {
    const { id } = await paidCharge();
    const both = await refund(id, { amount_cents: 1, items: [{ id: "1" }] });
    expect(both.json()).toMatchObject({ status: 422, code: "validation-failed", errors: [{ path: "/items" }] });
  });

  it("when more is asked for than was paid, then 422 says what is left", async () => {
    const { id } = await paidCharge();
    expect((await refund(id, { amount_cents: 10_001 })).json()).toMatchObject({
      status: 422,
      code: "refund-exceeds-paid",
      left_cents: 10_000,
    });
  });

  it("when it was paid more than 360 days ago, then 409 says why, in words", async () => {
    const { id } = await paidCharge();
    const charge = await harness.store.get(id);
    if (charge === null) throw new Error("it was there");
    const approvedAt = new Date(Date.now() - 361 * 86_400_000);
    await harness.store.replace({ ...charge, approvedAt, version: charge.version + 1 }, charge.version);
    const answer = await refund(id);
    expect([answer.statusCode, answer.json().code]).toEqual([409, "refund-window-over"]);
    expect(answer.json().detail).toContain("360 dias");
  });

  it("when nobody says why, then the reason is told in Portuguese all the same", async () => {
    const { id } = await paidCharge();
    expect((await refund(id)).json().refund.reason).toBe("a pedido");
    const listed = await harness.call("GET", `/payments/${id}/refunds`, { as: "cashier" });
    expect(listed.json().items[0].reason).toBe("a pedido");
  });

  it("when nothing was paid, then 409", async () => {
    const { id } = await harness.request();
    expect((await refund(id)).json()).toMatchObject({ status: 409, code: "nothing-to-refund" });
  });

  // The answer is lost after the money moved: asking again with the same key must not move it again.
  it("when the provider's answer is lost after the refund was made, then there is one refund", async () => {
    const { id } = await paidCharge();
    await harness.faults({ timeout_after_commit_rate: 1, webhooks: "drop" });
    await refund(id, { amount_cents: 4_000 });
    await harness.toSandbox(`/sandbox/ledger?external_reference=${id}`);
    await expect.poll(async () => (await harness.ledgerOf(id))[0]?.refunds.length, { timeout: 5_000 }).toBe(1);
    await harness.clearFaults();
    const charge = await harness.becomes(id, "partially_refunded", 15_000);
    expect(charge.refundedCents).toBe(4_000);
    expect((await harness.ledgerOf(id))[0]?.refunds).toHaveLength(1);
  });

  it("when the provider fails a refund, then the money is still ours and people are told", async () => {
    const { id } = await paidCharge();
    await harness.faults({ refund_failure_rate: 1, refund_delay_ms: 20 });
    await refund(id);
    const charge = await harness.becomes(id, "approved");
    expect(charge.refunds).toMatchObject([{ status: "failed" }]);
    expect(harness.lines.some((line) => line.includes("refund-failed") && line.includes(id))).toBe(true);
  });

  it("when somebody refunds in the provider's own panel, then we learn it", async () => {
    const charge = await paidCharge();
    const made = await fetch(`${harness.sandbox.url}/v1/orders/${charge.provider_id}/refund`, {
      method: "POST",
      headers: { authorization: `Bearer ${harness.config.MERCADOPAGO_ACCESS_TOKEN}`, "x-idempotency-key": "panel" },
    });
    expect(made.status).toBe(201);
    const seen = await harness.becomes(charge.id, "refunded");
    expect(seen.refunds).toMatchObject([{ reason: "made at the provider", status: "done" }]);
  });
});
