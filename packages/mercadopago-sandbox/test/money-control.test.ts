import { Chargeback, MercadoPagoConfig, WebhookSignatureValidator } from "mercadopago";
import { describe, expect, it } from "vitest";
import { defaultAccessToken, defaultWebhookSecret } from "../src/index.ts";
import { createQrOrder, mp, type Received, receiver, start, until } from "./harness.ts";

const chargebacks = () => new Chargeback(new MercadoPagoConfig({ accessToken: defaultAccessToken }));
const link = async () => {
  const preference = await mp().preference.create({
    body: { items: [{ id: "1", title: "Combo", quantity: 1, unit_price: 30 }], external_reference: "pedido-9" },
  });
  return preference.init_point ?? "";
};

describe("disputes", () => {
  it("when the bank takes a paid order back and then returns it, then order, payment, ledger and notices say so", async () => {
    const { url, received } = await receiver();
    const { send, pay, ledger } = await start({ webhookUrl: url });
    const order = await createQrOrder();
    expect((await send("POST", "/sandbox/chargebacks", { body: { id: order.id } })).body.code).toBe("not-disputable");
    const { payment_id: number } = (await pay({ qr_code: order.qrCode })).body;
    const opened = await send("POST", "/sandbox/chargebacks", { body: { id: order.id } });
    expect(opened).toMatchObject({ status: 201, body: { payment_id: number, amount_cents: 2590 } });
    expect(await mp().order.get({ id: order.id })).toMatchObject({
      status: "charged_back",
      status_detail: "in_process",
    });
    expect(await mp().payment.get({ id: number })).toMatchObject({ status: "charged_back" });
    expect((await ledger()).totals).toMatchObject({ paid_cents: 2590, charged_back_cents: 2590, net_cents: 0 });
    expect(await chargebacks().get({ id: opened.body.id })).toMatchObject({
      id: opened.body.id,
      payment_id: Number(number),
      status: "in_review",
      amount: 25.9,
    });
    await send("POST", "/sandbox/chargebacks", { body: { id: number, outcome: "reimbursed" } });
    expect(await mp().order.get({ id: order.id })).toMatchObject({ status_detail: "reimbursed" });
    expect((await ledger()).totals).toMatchObject({ charged_back_cents: 0, net_cents: 2590 });
    const found = await chargebacks().search({ options: { payment_id: Number(number) } as never });
    expect(found).toMatchObject({ paging: { total: 1 }, results: [{ id: opened.body.id, status: "won" }] });
    await until(() => received.length === 5);
    expect(received.map(({ body }) => `${body["type"]} ${body["action"]}`).toSorted()).toEqual([
      "order order.charged_back",
      "order order.charged_back",
      "order order.processed",
      "topic_chargebacks_wh created",
      "topic_chargebacks_wh updated",
    ]);
  });

  it("when a buyer complains about a payment and loses patience, then it is in mediation, then lost", async () => {
    const { url, received } = await receiver();
    const { send, pay, authorized } = await start({ webhookUrl: url });
    const { payment_id: id } = (await pay({ payment_link: await link() })).body;
    const claim = await send("POST", "/sandbox/chargebacks", { body: { id, outcome: "in_mediation" } });
    expect(await mp().payment.get({ id })).toMatchObject({ status: "in_mediation" });
    expect((await authorized("GET", `/post-purchase/v1/claims/${claim.body.id}`)).body).toMatchObject({
      resource: "payment",
      resource_id: Number(id),
      status: "opened",
    });
    expect((await authorized("GET", "/post-purchase/v1/claims/1")).status).toBe(404);
    await until(() => received.some(({ body }) => body["type"] === "topic_claims_integration_wh"));
    await send("POST", "/sandbox/chargebacks", { body: { id, outcome: "settled" } });
    expect(await mp().payment.get({ id })).toMatchObject({ status: "charged_back", status_detail: "settled" });
    expect((await send("POST", "/sandbox/chargebacks", { body: { id: "1" } })).status).toBe(404);
  });
});

describe("hands in the provider's panel", () => {
  it("when an order is refunded there in part, then wholly, then the seller hears of refunds it never asked for", async () => {
    const { url, received } = await receiver();
    const { send, pay, advance } = await start({ webhookUrl: url });
    const order = await createQrOrder();
    await pay({ id: order.id });
    expect((await send("POST", "/sandbox/refunds", { body: { id: order.id, amount_cents: 90 } })).status).toBe(201);
    await advance(1000);
    expect((await mp().order.get({ id: order.id })).status_detail).toBe("partially_refunded");
    await send("POST", "/sandbox/refunds", { body: { id: order.id } });
    await advance(1000);
    expect((await mp().order.get({ id: order.id })).status).toBe("refunded");
    await until(() => received.filter(({ body }) => body["action"] === "order.refunded").length === 2);
    expect((await send("POST", "/sandbox/refunds", { body: { id: order.id } })).body.code).toBe("not-refundable");
  });

  it("when a payment of a link is refunded there, then it is refunded", async () => {
    const { send, pay } = await start();
    const { payment_id: id } = (await pay({ payment_link: await link() })).body;
    expect((await send("POST", "/sandbox/refunds", { body: { id } })).body).toMatchObject({ amount_cents: 3000 });
    expect(await mp().payment.get({ id })).toMatchObject({ status: "refunded", transaction_amount_refunded: 30 });
  });
});

describe("strange money", () => {
  it("when another amount arrives, then the order shows what was paid", async () => {
    const { pay } = await start();
    const order = await createQrOrder();
    await pay({ id: order.id, amount_cents: 2000 });
    expect(await mp().order.get({ id: order.id })).toMatchObject({
      status: "processed",
      total_amount: "25.90",
      total_paid_amount: "20.00",
    });
  });

  it("when money arrives after the time is over, then only `late` lets it in", async () => {
    const { pay, advance } = await start();
    const order = await createQrOrder();
    await advance(300_001);
    expect((await pay({ id: order.id })).body.code).toBe("charge-expired");
    expect((await pay({ id: order.id, late: true })).body.status).toBe("processed");
  });
});

describe("notices nobody caused", () => {
  const check = (notice: Received, given: { dataId: string; secret?: string }) =>
    WebhookSignatureValidator.validate({
      xSignature: String(notice.headers["x-signature"] ?? ""),
      xRequestId: String(notice.headers["x-request-id"] ?? ""),
      secret: defaultWebhookSecret,
      ...given,
    });
  const notified = async (body: object) => {
    const { url, received } = await receiver();
    const sandbox = await start({ webhookUrl: url });
    const order = await createQrOrder();
    const sent = await sandbox.send("POST", "/sandbox/notify", { body: { resource_id: order.id, ...body } });
    expect(sent.status).toBe(202);
    await until(() => received.length === sent.body.ids.length);
    return { order, notice: received[0] as Received, received }; // its arrival was awaited
  };

  it("when the panel simulates, then an id nobody knows comes well signed", async () => {
    const { notice } = await notified({ resource_id: "123456", topic: "payment" });
    expect(notice.body).toMatchObject({ type: "payment", data: { id: "123456" } });
    check(notice, { dataId: "123456" });
    await expect(mp().payment.get({ id: "123456" })).rejects.toThrow();
  });

  it("when a forger signs well, then the body lies for another seller and says processed", async () => {
    const { order, notice } = await notified({
      user_id: "999",
      data: { status: "processed" },
      action: "order.processed",
    });
    expect(notice.body).toMatchObject({ user_id: "999", action: "order.processed", data: { status: "processed" } });
    check(notice, { dataId: order.id.toLowerCase() });
    expect((await mp().order.get({ id: order.id })).status).toBe("created");
  });

  it("when it is unsigned or signed with another secret, then the validator refuses it", async () => {
    const unsigned = await notified({ signature: "none" });
    expect(unsigned.notice.headers["x-signature"]).toBeUndefined();
    const wrong = await notified({ signature: "wrong_secret" });
    expect(() => check(wrong.notice, { dataId: wrong.order.id.toLowerCase() })).toThrow();
    const rotated = await notified({ secret: "the-new-one" });
    check(rotated.notice, { dataId: rotated.order.id.toLowerCase(), secret: "the-new-one" });
  });

  it("when ts is in seconds, old, and the id as it is, then the signature covers exactly that", async () => {
    const { order, notice } = await notified({ ts: "s", id_case: "as_is", age_ms: 3_600_000 });
    const ts = Number(/^ts=(\d{10}),/.exec(String(notice.headers["x-signature"]))?.[1]);
    expect(Date.now() / 1000 - ts).toBeGreaterThan(3590);
    check(notice, { dataId: order.id });
  });

  it("when it is asked five times or as IPN, then it comes so", async () => {
    expect((await notified({ times: 5 })).received).toHaveLength(5);
    const ipn = await notified({ resource_id: "77", topic: "merchant_order", form: "ipn" });
    expect(Object.fromEntries(ipn.notice.url.searchParams)).toEqual({ topic: "merchant_order", id: "77" });
  });
});

describe("switches", () => {
  it("when merchant orders are told of, then the id stands at the top and not in data", async () => {
    const { url, received } = await receiver();
    const { faults, pay } = await start({ webhookUrl: url });
    await faults({ merchant_order_webhooks: true, webhook_ts: "s" });
    await pay({ payment_link: await link() });
    const notice = await until(() => received.find(({ body }) => body["type"] === "topic_merchant_order_wh"));
    expect(notice.body).toMatchObject({ status: "closed", data: { status: "closed" }, id: expect.any(String) });
    expect(notice.body["data"]).not.toHaveProperty("id");
    expect(await mp().merchantOrder.get({ merchantOrderId: Number(notice.body["id"]) })).toMatchObject({
      order_status: "paid",
    });
    expect(String(notice.headers["x-signature"])).toMatch(/^ts=\d{10},/);
  });

  it("when answers wait, then the notice is there first; when reads lag, then the order is not found yet", async () => {
    const { url, received } = await receiver();
    const { faults, authorized, advance } = await start({ webhookUrl: url });
    await faults({ answer_delay_ms: 300, read_lag_ms: 60_000 });
    const body = { transaction_amount: 5, payment_method_id: "pix", payer: { email: "a@testuser.com" } };
    const answer = authorized("POST", "/v1/payments", { body }).then((payment) => ({ payment, told: received.length }));
    const { payment, told } = await answer;
    expect(told).toBe(1);
    await faults({ answer_delay_ms: 0 });
    expect((await authorized("GET", `/v1/payments/${payment.body.id}`)).status).toBe(404);
    await advance(60_000);
    expect((await authorized("GET", `/v1/payments/${payment.body.id}`)).status).toBe(200);
  });
});
