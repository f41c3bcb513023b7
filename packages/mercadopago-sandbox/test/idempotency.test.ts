import { describe, expect, it } from "vitest";
import { createQrOrder, qrOrder, start, until } from "./harness.ts";

describe("idempotency of writes", () => {
  it("when an order is created without a key, then it is refused with empty_required_header", async () => {
    const { authorized } = await start();
    for (const path of ["/v1/orders", "/v1/orders/x/cancel", "/v1/orders/x/refund"]) {
      const answer = await authorized("POST", path, { body: qrOrder() });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ code: "empty_required_header" }] } });
    }
  });

  it("when the same write comes again, then the first answer is given, byte for byte, and nothing is made", async () => {
    const { authorized, ledger, pay } = await start();
    const body = qrOrder();
    const first = await authorized("POST", "/v1/orders", { body, key: "once" });
    await pay({ qr_code: first.body.type_response.qr_data });
    const again = await authorized("POST", "/v1/orders/", { body, key: "once" });
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect((await ledger()).totals.charges).toBe(1);
    const other = await authorized("POST", "/v1/orders", { body, key: "twice" });
    expect(other.body.id).not.toBe(first.body.id);
  });

  it("when the key comes with another body, then it is a conflict", async () => {
    const { authorized } = await start();
    await authorized("POST", "/v1/orders", { body: qrOrder(), key: "once" });
    const other = await authorized("POST", "/v1/orders", { body: qrOrder(), key: "once" });
    expect(other).toMatchObject({ status: 409, body: { errors: [{ code: "idempotency_key_already_used" }] } });
  });

  it("when the first write is still under way, then the second is locked out", async () => {
    const { authorized, faults } = await start();
    await faults({ latency_ms: 300 });
    const body = qrOrder();
    const write = () => authorized("POST", "/v1/orders", { body, key: "once" });
    const answers = await Promise.all([write(), write()]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 423]);
    expect(answers.find(({ status }) => status === 423)?.body.errors[0].code).toBe("resource_locked");
    expect((await write()).status).toBe(201);
  });

  it("when the same key names another operation, then it stands for itself", async () => {
    const { authorized } = await start();
    const created = await authorized("POST", "/v1/orders", { body: qrOrder(), key: "k" });
    expect((await authorized("POST", `/v1/orders/${created.body.id}/cancel`, { key: "k" })).status).toBe(200);
    expect((await authorized("POST", `/v1/orders/${created.body.id}/cancel`, { key: "k" })).body.status).toBe(
      "canceled",
    );
  });

  it("when a write was refused, then the same key may try again", async () => {
    const { authorized } = await start();
    const order = await createQrOrder();
    const refund = () => authorized("POST", `/v1/orders/${order.id}/refund`, { key: "r" });
    expect((await refund()).status).toBe(409);
    const { pay } = { pay: order.qrCode };
    await authorized("POST", "/sandbox/pay", { body: { qr_code: pay } });
    expect((await refund()).status).toBe(201);
    expect((await refund()).status).toBe(201);
  });

  it("when a day has passed, then the key is free again", async () => {
    const { authorized, advance } = await start();
    const first = await authorized("POST", "/v1/orders", { body: qrOrder(), key: "once" });
    await advance(24 * 3_600_000 + 1);
    const next = await authorized("POST", "/v1/orders", { body: qrOrder(), key: "once" });
    expect(next.status).toBe(201);
    expect(next.body.id).not.toBe(first.body.id);
  });

  it("when a payment or link repeats its key, then it is replayed too", async () => {
    const { authorized, ledger } = await start();
    const body = { transaction_amount: 1, payment_method_id: "pix", payer: { email: "a@testuser.com" } };
    const [first, again] = [
      await authorized("POST", "/v1/payments", { body, key: "p" }),
      await authorized("POST", "/v1/payments/", { body, key: "p" }),
    ];
    expect(again.text).toBe(first.text);
    expect((await ledger()).totals.charges).toBe(1);
    const other = await authorized("POST", "/v1/payments", { body: { ...body, transaction_amount: 2 }, key: "p" });
    expect(other.body).toMatchObject({ status: 409, error: "idempotency_key_already_used" });
  });

  // Protects against double charges: the answer is lost after the order was made, and the retry must find that order.
  it("when the answer is lost after the commit, then the retry replays the same order", async () => {
    const { authorized, faults, ledger, send } = await start();
    const body = qrOrder();
    const write = () => authorized("POST", "/v1/orders", { body, key: "once" });
    await faults({ timeout_after_commit_rate: 1 });
    await expect(write()).rejects.toThrow("fetch failed");
    await send("DELETE", "/sandbox/faults");
    const again = await until(write);
    expect(again.status).toBe(201);
    const { charges } = await ledger(body.external_reference);
    expect(charges.map(({ id }: { id: string }) => id)).toEqual([again.body.id]);
  });
});
