import type { ServerResponse } from "node:http";
import { freePort } from "@comanda/testing";
import { MercadoPagoConfig, Order } from "mercadopago";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aCharge, aRefund, NOON } from "../../../test/builders.ts";
import { type Asked, type StandIn, startStandIn } from "../../../test/stand-in-provider.ts";
import type { PaymentProvider } from "../payment-provider.ts";
import { baseUrlFault, useProviderAt } from "./base-url.ts";
import { makeMercadoPago } from "./mercado-pago.ts";

// The traps of the official SDK (provider §0.1, §1), each shown to be met. A plain server stands for Mercado
// Pago, so that it can lie.

let standIn: StandIn;
let provider: PaymentProvider;
const asked: Asked[] = [];
let reply: (response: ServerResponse, request: Asked) => void;

beforeAll(async () => {
  standIn = await startStandIn({
    answer: (response, request) => {
      asked.push(request);
      reply(response, request);
    },
  });
});
afterAll(() => standIn.stop());
beforeEach(() => {
  // Each test with limits of its own: what one breaks must not stand in the way of the next.
  provider = makeMercadoPago({
    accessToken: "APP_USR-test",
    externalPosId: "COMANDA01",
    publicUrl: "https://lanche.example",
    baseUrl: standIn.url,
  });
  asked.length = 0;
  reply = json(200, {});
});

const json = (status: number, body: unknown) => (response: ServerResponse) => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};
const QR =
  "00020101021226870014br.gov.bcb.pix2565pix-qr.example.test/instore/o/v2/7d9f03358dcc40549bf90dbd61d36906520400005303986540525.905802BR5916LANCHONETE TESTE6009SAO PAULO62070503***6304E704";
const orderOf = (reference: string, difference: Record<string, unknown> = {}) => ({
  id: "ORD01K372G4J4FXZ9HGHZMJMGGPKE",
  status: "created",
  external_reference: reference,
  total_amount: "25.90",
  currency: "BRL",
  created_date: NOON.toISOString(),
  last_updated_date: NOON.toISOString(),
  transactions: { payments: [{ id: "PAY01", amount: "25.90" }] },
  type_response: { qr_data: QR },
  ...difference,
});
const charge = () => aCharge({ amountCents: 2590, providerId: "ORD01K372G4J4FXZ9HGHZMJMGGPKE" });

describe("the SDK's traps", () => {
  it("when two writes follow each other, then each carries its own key, though the SDK would repeat the first", async () => {
    const one = charge();
    const refunded = { ...one, refunds: [aRefund({ id: "11111111-1111-7111-8111-111111111111", amountCents: 2590 })] };
    reply = json(201, orderOf(one.id));
    await provider.createQrCharge(one, 300);
    await provider.cancelCharge(one);
    await provider.refundCharge(refunded, "11111111-1111-7111-8111-111111111111");
    const keys = asked.map(({ headers }) => headers["x-idempotency-key"]);
    expect(keys).toEqual([`create-${one.id}`, `cancel-${one.id}`, "refund-11111111-1111-7111-8111-111111111111"]);
    for (const key of keys) expect(String(key).length).toBeLessThanOrEqual(64);
  });

  // The control: the trap is really there, and the test above can fail.
  it("when one configuration is used for two writes, then the SDK itself sends the first key twice", async () => {
    const config = new MercadoPagoConfig({ accessToken: "APP_USR-test", options: { maxRetries: 0 } });
    reply = json(200, orderOf("x"));
    await new Order(config).cancel({ id: "ORD1", requestOptions: { idempotencyKey: "first" } });
    await new Order(config).cancel({ id: "ORD2" });
    expect(asked.map(({ headers }) => headers["x-idempotency-key"])).toEqual(["first", "first"]);
  });

  it.each([
    [400, { errors: [{ code: "property_value", message: "Invalid value" }] }, "property_value"],
    [403, { code: "forbidden", message: "this is of another account" }, "forbidden"],
    [409, { errors: [{ code: "cannot_cancel_order", message: "" }] }, "cannot_cancel_order"],
    [400, { message: "bad", error: "bad_request", status: 400, cause: [] }, "bad_request"],
    [404, "<html>", "status-404"],
  ])("when %i comes with an error body, then its code is not lost", async (status, body, code) => {
    reply = json(status, body);
    expect(await provider.cancelCharge(charge())).toEqual({ outcome: "refused", status, code });
  });

  it.each([
    [500, "unknown", 2],
    [502, "unknown", 2],
    [423, "unknown", 1],
    [429, "unavailable", 1],
    [503, "unavailable", 2],
  ])(
    "when it answers %i, then the outcome is %s, after %i tries: they are ours, in one place, and not the SDK's four",
    async (status, outcome, tries) => {
      reply = json(status, { errors: [{ code: "internal_error", message: "" }] });
      expect((await provider.createQrCharge(charge(), 300)).outcome).toBe(outcome);
      expect(asked).toHaveLength(tries);
      expect(new Set(asked.map(({ headers }) => headers["x-idempotency-key"])).size).toBe(1);
    },
  );

  it("when the key was used with another body, then nothing is concluded from it", async () => {
    reply = json(409, { errors: [{ code: "idempotency_key_already_used", message: "" }] });
    expect((await provider.createQrCharge(charge(), 300)).outcome).toBe("unknown");
  });

  it("when nobody listens there, then it is unavailable", async () => {
    useProviderAt(`http://127.0.0.1:${await freePort()}`);
    try {
      expect((await provider.createQrCharge(charge(), 300)).outcome).toBe("unavailable");
    } finally {
      useProviderAt(standIn.url);
    }
  });

  it.each([
    [
      "HTML with 200",
      (response: ServerResponse) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    ],
    ["cut JSON", (response: ServerResponse) => response.writeHead(200).end('{"id":"ORD')],
    ["another shape", json(200, { id: 7 })],
    ["a redirect", (response: ServerResponse) => response.writeHead(302, { location: "http://127.0.0.1:9/" }).end()],
    ["ten megabytes", (response: ServerResponse) => response.writeHead(200).end(Buffer.alloc(10 * 1024 * 1024, "x"))],
    ["a hang-up", (response: ServerResponse) => response.destroy()],
  ])("when the answer is %s, then the outcome is unknown, and nothing is believed (PA-26)", async (_what, answer) => {
    reply = answer;
    expect((await provider.createQrCharge(charge(), 300)).outcome).toBe("unknown");
    expect((await provider.readCharge(charge())).outcome).toBe("unknown");
  });

  it("when the body never ends, then the call ends all the same", async () => {
    reply = (response) => response.writeHead(200, { "content-type": "application/json" }).write("{");
    const startedAt = performance.now();
    expect((await provider.createQrCharge(charge(), 300)).outcome).toBe("unknown");
    expect(performance.now() - startedAt).toBeLessThan(6_000);
  });

  it.each([
    ["no code", { type_response: {} }, "qr-invalid"],
    ["a masked sample", { type_response: { qr_data: QR.replace("E704", "0000") } }, "qr-invalid"],
    ["a code that says another amount", {}, "qr-other-amount"],
  ])("when the QR is %s, then it is not shown", async (_what, difference, distrust) => {
    reply = json(201, orderOf("x", difference));
    const amountCents = distrust === "qr-other-amount" ? 9_900 : 2_590;
    const created = await provider.createQrCharge(aCharge({ amountCents }), 300);
    expect(created).toMatchObject({ outcome: "done", value: { qrCode: null, distrust } });
  });
});

describe("what is sent", () => {
  it("when a QR is wanted, then a dynamic order without a payer, amounts as text", async () => {
    const one = charge();
    reply = json(201, orderOf(one.id));
    const created = await provider.createQrCharge(one, 300);
    expect(created).toMatchObject({ outcome: "done", value: { qrCode: QR, distrust: null } });
    const body = JSON.parse(asked[0]?.body ?? "{}");
    expect(body).toMatchObject({
      type: "qr",
      total_amount: "25.90",
      external_reference: one.id,
      expiration_time: "PT300S",
      config: { qr: { external_pos_id: "COMANDA01", mode: "dynamic" } },
      transactions: { payments: [{ amount: "25.90" }] },
    });
    for (const never of ["payer", "notification_url", "currency"]) expect(body).not.toHaveProperty(never);
  });

  it("when a link is wanted, then its window, its reference and the way back are said, and init_point is used", async () => {
    const one = aCharge({ method: "link", amountCents: 2590, providerId: null });
    const links = { init_point: "https://mp.example/real", sandbox_init_point: "https://mp.example/never" };
    reply = json(201, { id: "1-2", ...links });
    expect(await provider.createLink(one)).toMatchObject({ value: { paymentLink: "https://mp.example/real" } });
    expect(JSON.parse(asked[0]?.body ?? "{}")).toMatchObject({
      external_reference: one.id,
      expires: true,
      expiration_date_to: "2026-01-15T09:15:00.000-03:00",
      notification_url: "https://lanche.example/payments/webhook?source_news=webhooks",
      statement_descriptor: "COMANDA",
      items: [{ quantity: 1, unit_price: 25.9, currency_id: "BRL", category_id: "food" }],
    });
  });

  it("when one link was paid twice, then both are seen, and the known one stays the paying one", async () => {
    const one = aCharge({ method: "link", amountCents: 2590, providerPaymentId: "22" });
    const payment = (id: number, status: string, difference = {}) => ({
      id,
      status,
      external_reference: one.id,
      transaction_amount: 25.9,
      currency_id: "BRL",
      ...difference,
    });
    const all = [payment(11, "approved"), payment(22, "approved"), payment(33, "rejected"), payment(44, "pending")];
    reply = (response, { url }) => json(200, url.includes("search") ? { results: all } : all[1])(response);
    const read = await provider.readCharge(one);
    expect(read).toMatchObject({
      outcome: "done",
      value: { state: "paid", paymentId: "22", amountCents: 2590, strays: [{ paymentId: "11", why: "paid-twice" }] },
    });
  });

  it("when a search finds somebody else's payments too, then they are not ours", async () => {
    const one = aCharge({ method: "link", amountCents: 2590 });
    const foreign = {
      id: 9,
      status: "approved",
      external_reference: "other",
      transaction_amount: 25.9,
      currency_id: "BRL",
    };
    reply = json(200, { results: [foreign] });
    expect(await provider.readCharge(one)).toMatchObject({ value: { state: "open", paymentId: null } });
  });
});

describe("the provider's address", () => {
  it.each([
    ["http://127.0.0.1:8003", true],
    ["http://localhost:8003", true],
    ["http://[::1]:8003", true],
    ["https://sandbox.example", true],
    ["http://sandbox.example", false],
    ["http://127.0.0.1.evil.example", false],
    ["ftp://127.0.0.1", false],
    ["https://user@sandbox.example", false],
    ["https://sandbox.example/path", false],
    ["nonsense", false],
  ])("when it is %s, then it may be used: %s", (url, isGood) => {
    expect(baseUrlFault(url) === null).toBe(isGood);
    if (!isGood) expect(() => useProviderAt(url)).toThrow();
  });
});
