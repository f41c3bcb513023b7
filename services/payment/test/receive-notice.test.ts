import { createHmac, randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PaymentService } from "../src/app.ts";
import { type Harness, startHarness, WEBHOOK_SECRET } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => harness.clearFaults());

type Notice = {
  readonly id: string;
  readonly ts?: string;
  readonly secret?: string;
  readonly requestId?: string;
  readonly signature?: string | null;
  readonly signedId?: string;
  readonly query?: string;
  readonly body?: string;
  readonly topic?: string;
  /** Where it goes; default the file's own. */
  readonly service?: PaymentService;
};

const hmac = (secret: string, manifest: string) => createHmac("sha256", secret).update(manifest).digest("hex");

/** A notification as Mercado Pago sends it, with what a test wants to differ. */
function send(notice: Notice) {
  const { id, ts = String(Date.now()), secret = WEBHOOK_SECRET, requestId = randomUUID(), topic = "order" } = notice;
  const manifest = `id:${notice.signedId ?? id.toLowerCase()};request-id:${requestId};ts:${ts};`;
  const signature = notice.signature === undefined ? `ts=${ts},v1=${hmac(secret, manifest)}` : notice.signature;
  const body =
    notice.body ?? JSON.stringify({ action: "order.processed", type: topic, data: { id, status: "processed" } });
  return (notice.service ?? harness.service).app.inject({
    method: "POST",
    url: `/payments/webhook?${notice.query ?? `data.id=${encodeURIComponent(id)}&type=${topic}`}`,
    headers: {
      "content-type": "application/json",
      "x-request-id": requestId,
      ...(signature === null ? {} : { "x-signature": signature }),
    },
    payload: body,
  });
}

/** A QR that was paid while notifications are lost: only a notice of the test's own, or a poll, tells. */
async function silentlyPaid() {
  const charge = await harness.request();
  await harness.faults({ webhooks: "drop" });
  await harness.pay({ qr_code: charge.qr_code });
  return charge;
}

const manyDigits = (secondsFromNow: number) => String(Math.floor(Date.now() / 1000) + secondsFromNow);

describe("receive-notice: signatures (W-01 … W-08)", () => {
  const id = "ORD01K372G4J4FXZ9HGHZMJMGGPKE";
  it.each([
    ["W-01 none", null],
    ["W-01 empty", ""],
    ["W-01 garbage", "garbage"],
    ["W-01 empty parts", "ts=,v1="],
    ["W-02 wrong hash", `ts=${Date.now()},v1=${"0".repeat(64)}`],
    ["W-03 multibyte hash", `ts=${Date.now()},v1=${"é".repeat(64)}`],
    ["W-04 v2 only", `ts=${Date.now()},v2=${"0".repeat(64)}`],
    ["W-04 two stamps", `ts=1,ts=2,v1=${"0".repeat(64)}`],
  ])("when the signature is %s, then 401, and nothing is stored", async (_what, signature) => {
    // Header values are bytes; Node refuses others than Latin-1 itself.
    const answer = await send({ id, signature });
    expect(answer.json()).toMatchObject({ status: 401, code: "signature-invalid" });
    expect(answer.headers["www-authenticate"]).toBeDefined();
  });

  it("W-02 when it was signed with another secret, then 401; with the one before the present, then 200", async () => {
    expect((await send({ id, secret: "somebody-else" })).statusCode).toBe(401);
    expect((await send({ id, secret: "the-secret-before" })).statusCode).toBe(200);
  });

  it("W-04 when the good hash is written twice or in upper case, then 401", async () => {
    const ts = String(Date.now());
    const requestId = randomUUID();
    const hash = hmac(WEBHOOK_SECRET, `id:${id.toLowerCase()};request-id:${requestId};ts:${ts};`);
    for (const signature of [
      `ts=${ts},v1=${hash},v1=${hash}`,
      `ts=${ts},ts=${ts},v1=${hash}`,
      `ts=${ts},v1=${hash.toUpperCase()}`,
    ]) {
      expect((await send({ id, ts, requestId, signature })).statusCode).toBe(401);
    }
  });

  it("when the id was signed as it came, in upper case, then 200 too", async () => {
    expect((await send({ id, signedId: id })).statusCode).toBe(200);
  });

  it.each([
    ["W-08 seconds", manyDigits(0), 200],
    ["W-06 six minutes old", manyDigits(-360), 200],
    ["W-06 three days old, in ms", String(Date.now() - 3 * 86_400_000), 200],
    ["W-07 ten minutes ahead", manyDigits(600), 401],
    ["W-07 ten minutes ahead, in ms", String(Date.now() + 600_000), 401],
  ])("when the stamp is %s, then it answers as it must", async (_what, ts, status) => {
    expect((await send({ id, ts })).statusCode).toBe(status);
  });

  it("when the official test vector comes, then it is good", async () => {
    const answer = await send({
      id,
      ts: "1760000000000",
      requestId: "11111111-2222-4333-8444-555555555555",
      secret: WEBHOOK_SECRET,
    });
    expect(answer.statusCode).toBe(200);
  });
});

describe("receive-notice: what it does", () => {
  it("when it is good, then the provider is asked and its word counts", async () => {
    const charge = await silentlyPaid();
    expect((await send({ id: charge.provider_id })).json()).toEqual({ received: true });
    const paid = await harness.becomes(charge.id, "approved", 2_500);
    expect(paid.entries.map(({ kind }) => kind)).toContain("notification");
  });

  // PA-05: whoever catches one signed delivery can write any body under it.
  it("W-10 when the body says approved and the provider says open, then it stays pending", async () => {
    const charge = await harness.request();
    await send({ id: charge.provider_id });
    await expect
      .poll(async () => (await harness.store.get(charge.id))?.entries.map(({ kind }) => kind))
      .toContain("notification");
    expect(await harness.statusOf(charge.id)).toBe("pending");
  });

  it("W-05 when the same delivery comes 1,000 times, with any body, then it is one notice", async () => {
    const charge = await silentlyPaid();
    const [ts, requestId] = [String(Date.now()), randomUUID()];
    const statuses = new Set<number>();
    for (let lot = 0; lot < 20; lot += 1) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, round) =>
          send({ id: charge.provider_id, ts, requestId, body: JSON.stringify({ lot, round }) }),
        ),
      );
      for (const { statusCode } of answers) statuses.add(statusCode);
    }
    expect(statuses).toEqual(new Set([200]));
    const paid = await harness.becomes(charge.id, "approved");
    expect(paid.entries.filter(({ kind }) => kind === "notification").length).toBeLessThanOrEqual(1);
  });

  it("W-09 when the body names another id than the signature, then the signed one is read, and it is noticed", async () => {
    const [charge, other] = [await silentlyPaid(), await harness.request()];
    await send({ id: charge.provider_id, body: JSON.stringify({ data: { id: other.provider_id } }) });
    await harness.becomes(charge.id, "approved", 2_500);
    expect(await harness.statusOf(other.id)).toBe("pending");
    expect(harness.lines.some((line) => line.includes("another id than its signature"))).toBe(true);
  });

  it.each([
    ["W-11 an unknown order", { id: "ORD01AAAAAAAAAAAAAAAAAAAAAAAA" }],
    ["W-11 a path", { id: "../x" }],
    ["W-11 a very long id", { id: "x".repeat(10_000) }],
    ["an unknown topic", { id: "123456", topic: "mp-connect" }],
    ["the panel's test", { id: "123456", topic: "payment" }],
    ["a merchant order", { id: "123456", topic: "topic_merchant_order_wh" }],
    ["W-12 an unreadable body", { id: "ORD01AAAAAAAAAAAAAAAAAAAAAAAB", body: "{not json" }],
    ["an empty body", { id: "ORD01AAAAAAAAAAAAAAAAAAAAAAAC", body: "" }],
    ["a body with NUL", { id: "ORD01AAAAAAAAAAAAAAAAAAAAAAAD", body: '{"a":"\\u0000\0"}' }],
  ])("when it speaks of %s, then 200 and nothing changes", async (_what, notice) => {
    expect((await send(notice)).statusCode).toBe(200);
  });

  // Nobody signed it, so that it may neither change a charge nor make us ask: what is paid is found out without it.
  it("when the old unsigned kind comes, then 200, and the provider is not asked for it", async () => {
    const answer = await send({ id: "1", query: "topic=merchant_order&id=123", signature: null });
    expect(answer.json()).toEqual({ received: true });
    const unsigned = await send({ id: "1", query: "topic=payment&id=777", signature: null });
    expect(unsigned.json()).toEqual({ received: true });
    const waiting = await harness.store.notices.claim({ limit: 1_000, leaseMs: 1 });
    expect(waiting.filter(({ resourceId }) => ["123", "777"].includes(resourceId))).toEqual([]);
  });

  it("when an unsigned notice says it is of the signed kind, then 401", async () => {
    const answer = await send({ id: "ORD01AAAAAAAAAAAAAAAAAAAAAAAG", signature: null });
    expect(answer.statusCode).toBe(401);
  });

  it("W-13 when the body is 1 MB, then 413", async () => {
    expect((await send({ id: "ORD01AAAAAAAAAAAAAAAAAAAAAAAE", body: "x".repeat(1_000_000) })).statusCode).toBe(413);
  });

  it("W-16 when nobody's content type comes, then 200", async () => {
    const [id, ts, requestId] = ["ORD01AAAAAAAAAAAAAAAAAAAAAAAF", String(Date.now()), randomUUID()];
    const hash = hmac(WEBHOOK_SECRET, `id:${id.toLowerCase()};request-id:${requestId};ts:${ts};`);
    const address = `http://127.0.0.1:${harness.config.PAYMENT_PORT}/payments/webhook?data.id=${id}&type=order`;
    const headers = { "x-signature": `ts=${ts},v1=${hash}`, "x-request-id": requestId };
    const bare = await fetch(address, { method: "POST", headers, body: new Uint8Array([123, 125]) });
    expect(bare.status).toBe(200);
    await bare.body?.cancel();
  });

  // `GET /payments/{id}` must not take "webhook" for an id: neither 401, nor 403, nor 404.
  it.each(["GET", "PUT", "DELETE", "PATCH"] as const)(
    "W-16 when it is %s, then 405 says POST, whoever asks",
    async (method) => {
      const bearers = await Promise.all(
        (["customer", "admin", "service"] as const).map((role) => harness.bearer(role)),
      );
      for (const authorization of [undefined, "Bearer nonsense", ...bearers]) {
        for (const url of ["/payments/webhook", "/payments/webhook/", "/payments/webhook?data.id=1&type=order"]) {
          const headers = authorization === undefined ? {} : { authorization };
          const answer = await harness.service.app.inject({ method, url, headers });
          expect(answer.json()).toMatchObject({ status: 405, code: "method-not-allowed" });
          expect(answer.headers.allow).toBe("POST");
        }
      }
    },
  );

  it("W-15 when notices of refund and payment come in the wrong order, then it ends refunded", async () => {
    await harness.faults({ webhooks: "reorder", webhook_delay_ms: 300, refund_delay_ms: 20 });
    const charge = await harness.request();
    await harness.pay({ qr_code: charge.qr_code });
    await harness.becomes(charge.id, "approved", 12_000);
    await harness.call("POST", `/payments/${charge.id}/refunds`, { as: "admin" });
    await harness.becomes(charge.id, "refunded", 12_000);
  });
});

describe("receive-notice: with the provider gone silent", () => {
  let silenced: Harness;
  let letGo: () => void = () => undefined;
  beforeAll(async () => {
    silenced = await startHarness({ isProviderTampered: true });
  });
  afterAll(async () => {
    letGo();
    await silenced.close();
  });

  // Shown without a stopwatch: not one of the calls has ended when all fifty are answered.
  it("PA-08 when the provider does not answer at all, then notices are still answered at once", async () => {
    const charge = await silenced.request();
    await silenced.faults({ webhooks: "drop" });
    await silenced.pay({ qr_code: charge.qr_code });
    const held = new Promise<null>((resolve) => {
      letGo = () => resolve(null);
    });
    let [begun, ended] = [0, 0];
    silenced.proxy.refuse(async () => {
      begun += 1;
      await held;
      ended += 1;
      return null;
    });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => send({ id: charge.provider_id, service: silenced.service })),
    );
    expect(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).toEqual(
      answers.map(() => '200 {"received":true}'),
    );
    expect(ended).toBe(0);
    await expect.poll(() => begun, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(await silenced.statusOf(charge.id)).toBe("pending");
    letGo();
    await silenced.becomes(charge.id, "approved", 20_000);
  });

  // More than a process works on at a time: the rest is in its hand, and would be its own for half a minute.
  it("when a process is closed with notices in its hand, then another works them off at once", async () => {
    const leaving = await silenced.makeService();
    leaving.start();
    const charge = await silenced.request();
    const held = new Promise<null>((resolve) => {
      letGo = () => resolve(null);
    });
    let begun = 0;
    silenced.proxy.refuse(async () => {
      begun += 1;
      await held;
      return null;
    });
    await Promise.all(Array.from({ length: 60 }, () => send({ id: charge.provider_id, service: leaving })));
    await expect.poll(() => begun, { timeout: 10_000 }).toBeGreaterThan(0);
    const closing = leaving.close();
    letGo();
    await closing;
    await leaving.app.close();
    const told = async () => {
      const entries = (await silenced.store.get(charge.id))?.entries ?? [];
      return new Set(entries.filter(({ kind }) => kind === "notification").map(({ detail }) => detail["notice_id"]))
        .size;
    };
    await expect.poll(told, { timeout: 15_000 }).toBe(60);
  });
});
