import { WebhookSignatureValidator } from "mercadopago";
import { describe, expect, it } from "vitest";
import { createQrOrder, mp, type Received, receiver, start, until } from "./harness.ts";

const secret = "sim-webhook-secret";
const header = (notice: Received, name: string) => String(notice.headers[name] ?? "");

describe("webhooks of orders", () => {
  it("when an order is paid, then the seller is told once, signed so that the SDK accepts it", async () => {
    const { url, received } = await receiver();
    const { pay } = await start({ webhookUrl: url, webhookSecret: secret });
    const order = await createQrOrder();
    await pay({ qr_code: order.qrCode });
    await until(() => received.length === 1);
    const notice = received[0] as Received; // its arrival was awaited
    expect(notice.url.pathname).toBe("/payments/webhook");
    expect(Object.fromEntries(notice.url.searchParams)).toEqual({ "data.id": order.id, type: "order" });
    expect(notice.body).toMatchObject({
      action: "order.processed",
      api_version: "v1",
      type: "order",
      user_id: "2000000001",
      live_mode: false,
      data: {
        id: order.id,
        external_reference: order.reference,
        status: "processed",
        status_detail: "accredited",
        total_paid_amount: "25.90",
        type: "qr",
        version: 2,
        transactions: { payments: [{ id: order.paymentId, payment_method: { id: "account_money" } }] },
      },
    });
    expect(notice.body["date_created"]).toMatch(/\.\d{9}Z$/);
    expect(header(notice, "x-retry")).toBe("0");
    const signature = {
      xSignature: header(notice, "x-signature"),
      xRequestId: header(notice, "x-request-id"),
      secret,
    };
    expect(signature.xSignature).toMatch(/^ts=\d{13},v1=[0-9a-f]{64}$/);
    // The signature covers the lower-cased id; the SDK does not lower it by itself.
    WebhookSignatureValidator.validate({ ...signature, dataId: order.id.toLowerCase() });
    expect(() => WebhookSignatureValidator.validate({ ...signature, dataId: order.id })).toThrow();
    expect(() =>
      WebhookSignatureValidator.validate({ ...signature, dataId: order.id.toLowerCase(), secret: "other" }),
    ).toThrow();
  });

  it("when an order is cancelled, expires or is refunded, then each is told with a rising version", async () => {
    const { url, received } = await receiver();
    const { pay, advance } = await start({ webhookUrl: url });
    const [canceled, expired, refunded] = [await createQrOrder(), await createQrOrder(), await createQrOrder()];
    await mp().order.cancel({ id: canceled.id });
    await pay({ qr_code: refunded.qrCode });
    await mp().order.refund({ id: refunded.id });
    await advance(300_001);
    await until(() => received.length === 4);
    const told = received.map(({ body }) => [body["action"], body["data"]] as const);
    const of = (id: string) =>
      told.filter(([, data]) => typeof data === "object" && data !== null && "id" in data && data.id === id);
    expect(of(canceled.id)).toMatchObject([["order.canceled", { status: "canceled", version: 2 }]]);
    expect(of(expired.id)).toMatchObject([["order.expired", { status: "expired", version: 2 }]]);
    expect(
      of(refunded.id)
        .map(([action]) => action)
        .toSorted(),
    ).toEqual(["order.processed", "order.refunded"]);
    const end = of(refunded.id).find(([action]) => action === "order.refunded");
    expect(end?.[1]).toMatchObject({ status: "refunded", version: 4, total_paid_amount: "25.90" });
    expect(end?.[1]).not.toHaveProperty("transactions");
  });

  it("when the receiver fails, then it is tried again with a rising counter until it takes it", async () => {
    const { url, received } = await receiver([500, 503]);
    const { pay, send } = await start({ webhookUrl: url, webhookRetryMs: 10 });
    const order = await createQrOrder();
    await pay({ qr_code: order.qrCode });
    await until(() => received.length === 3);
    expect(received.map((notice) => header(notice, "x-retry"))).toEqual(["0", "1", "2"]);
    const [delivery] = await until(async () => {
      const { items } = (await send("GET", "/sandbox/deliveries")).body;
      return items[0]?.status === "delivered" ? items : null;
    });
    expect(delivery.attempts.map((attempt: { status_code: number }) => attempt.status_code)).toEqual([500, 503, 200]);
    expect(delivery).toMatchObject({ resource_id: order.id, action: "order.processed", topic: "order" });
  });

  it("when nobody listens yet, then the notice waits for the address", async () => {
    const { url, received } = await receiver();
    const { pay, setWebhookUrl, send } = await start();
    const order = await createQrOrder();
    await pay({ qr_code: order.qrCode });
    await until(async () => (await send("GET", "/sandbox/deliveries")).body.items[0]?.status === "held");
    setWebhookUrl(url);
    await until(() => received.length === 1);
  });

  it("when a delivery is asked for again, then it is sent again, and an unknown one is a 404", async () => {
    const { url, received } = await receiver();
    const { pay, send } = await start({ webhookUrl: url });
    const order = await createQrOrder();
    await pay({ qr_code: order.qrCode });
    await until(() => received.length === 1);
    const [{ id }] = (await send("GET", `/sandbox/deliveries?resource_id=${order.id}`)).body.items;
    expect((await send("POST", `/sandbox/deliveries/${id}/redeliver`)).status).toBe(202);
    await until(() => received.length === 2);
    expect(received[0]?.raw).toBe(received[1]?.raw);
    expect(await send("POST", "/sandbox/deliveries/x/redeliver")).toMatchObject({
      status: 404,
      body: { code: "unknown-delivery" },
    });
  });
});

describe("webhooks of payments", () => {
  const linkTo = async (notificationUrl: string) => {
    const items = [{ id: "1", title: "x", quantity: 1, unit_price: 5 }];
    return mp().preference.create({ body: { items, notification_url: notificationUrl } });
  };

  it("when a link has its own address, then its payments are told there, as a webhook and as the old notice", async () => {
    const [panel, own] = [await receiver(), await receiver()];
    const { pay } = await start({ webhookUrl: panel.url, webhookSecret: secret });
    const link = await linkTo(`${own.url}?loja=1`);
    const { payment_id: id } = (await pay({ payment_link: link.init_point })).body;
    await until(() => own.received.length === 2);
    const webhook = own.received.find(({ url }) => url.searchParams.has("type")) as Received; // one of the two
    expect(Object.fromEntries(webhook.url.searchParams)).toEqual({ loja: "1", "data.id": id, type: "payment" });
    expect(webhook.body).toMatchObject({
      action: "payment.created",
      type: "payment",
      data: { id },
      user_id: 2000000001,
    });
    WebhookSignatureValidator.validate({
      xSignature: header(webhook, "x-signature"),
      xRequestId: header(webhook, "x-request-id"),
      dataId: id,
      secret,
    });
    const ipn = own.received.find(({ url }) => url.searchParams.has("topic")) as Received; // the other one
    expect(ipn.body).toEqual({ resource: id, topic: "payment" });
    expect(ipn.headers["x-signature"]).toBeUndefined();
    expect(panel.received).toEqual([]);
  });

  it("when the address asks for webhooks only, then the old notice is not sent; a refund is told as an update", async () => {
    const own = await receiver();
    const { pay, send } = await start();
    const link = await linkTo(`${own.url}?source_news=webhooks`);
    const { payment_id: id } = (await pay({ payment_link: link.init_point })).body;
    await mp().refund.total({ payment_id: id });
    await until(() => own.received.length === 2);
    expect(own.received.map(({ body }) => body["action"]).toSorted()).toEqual(["payment.created", "payment.updated"]);
    expect((await send("GET", "/sandbox/deliveries")).body.total).toBe(2);
  });
});

describe("faults of webhooks", () => {
  const paid = async (faults: object) => {
    const receiving = await receiver();
    const sandbox = await start({ webhookUrl: receiving.url });
    await sandbox.faults(faults);
    const order = await createQrOrder();
    await sandbox.pay({ qr_code: order.qrCode });
    return { ...sandbox, order, received: receiving.received };
  };
  const actions = (received: Received[]) => received.map(({ body }) => body["action"]);

  for (const faults of [{ webhooks: "duplicate" }, { webhook_duplicate_rate: 1 }]) {
    it(`when ${JSON.stringify(faults)}, then the same notice comes twice`, async () => {
      const { received } = await paid(faults);
      await until(() => received.length === 2);
      expect(received[0]?.raw).toBe(received[1]?.raw);
    });
  }

  for (const faults of [{ webhooks: "drop" }, { webhook_drop_rate: 1 }]) {
    it(`when ${JSON.stringify(faults)}, then nothing comes, the loss is listed, and it can be sent by hand`, async () => {
      const { received, send } = await paid(faults);
      const [dropped] = await until(async () => {
        const { items } = (await send("GET", "/sandbox/deliveries")).body;
        return items[0]?.status === "dropped" ? items : null;
      });
      expect(received).toEqual([]);
      await send("POST", `/sandbox/deliveries/${dropped.id}/redeliver`);
      await until(() => received.length === 1);
    });
  }

  for (const faults of [{ webhooks: "reorder" }, { webhook_reorder_rate: 1 }]) {
    it(`when ${JSON.stringify(faults)}, then the newer notice overtakes the older`, async () => {
      const { received, order, advance } = await paid({ ...faults, refund_delay_ms: 10, webhook_delay_ms: 60_000 });
      await mp().order.refund({ id: order.id });
      await until(() => received.length === 2);
      expect(actions(received)).toEqual(["order.refunded", "order.processed"]);
      await advance(60_000);
      expect(received).toHaveLength(2);
    });
  }

  it("when notices are delayed, then they come once that time has passed", async () => {
    const { received, advance, send } = await paid({ webhooks: "delay", webhook_delay_ms: 30_000 });
    await send("GET", "/sandbox/deliveries");
    expect(received).toEqual([]);
    await advance(30_000);
    await until(() => received.length === 1);
  });
});
