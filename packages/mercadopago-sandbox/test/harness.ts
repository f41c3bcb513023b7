import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CardToken,
  Customer,
  CustomerCard,
  IdentificationType,
  MercadoPagoConfig,
  MerchantOrder,
  Order,
  Payment,
  PaymentMethod,
  PaymentRefund,
  Preference,
  User,
} from "mercadopago";
import { AppConfig } from "mercadopago/dist/utils/config/index.js";
import { onTestFinished } from "vitest";
import { defaultAccessToken, type SandboxOptions, startSandbox } from "../src/index.ts";

/** Starts a sandbox on a free port and points the official SDK of this test file at it. */
export const start = async (options: SandboxOptions = {}) => {
  const sandbox = await startSandbox({ port: 0, webhookRetryMs: 50, ...options });
  onTestFinished(() => sandbox.close());
  // Read-only by its type, yet a plain static that the SDK reads on every call.
  Object.assign(AppConfig, { BASE_URL: sandbox.url });
  return { ...sandbox, ...talkTo(sandbox.url) };
};

/** Ways to talk to a sandbox by its address. */
export const talkTo = (url: string) => {
  const send = async (
    method: string,
    path: string,
    more: { body?: unknown; headers?: Record<string, string> } = {},
  ) => {
    const response = await fetch(url + path, {
      method,
      redirect: "manual",
      headers: { ...(more.body !== undefined && { "content-type": "application/json" }), ...more.headers },
      ...(more.body !== undefined && {
        body: typeof more.body === "string" ? more.body : JSON.stringify(more.body),
      }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };
  const authorized = (
    method: string,
    path: string,
    more: { body?: unknown; key?: string; headers?: Record<string, string> } = {},
  ) =>
    send(method, path, {
      ...more,
      headers: {
        ...more.headers,
        authorization: `Bearer ${defaultAccessToken}`,
        ...(more.key !== undefined && { "x-idempotency-key": more.key }),
      },
    });
  return {
    send,
    authorized,
    pay: (code: object) => send("POST", "/sandbox/pay", { body: code }),
    faults: (body: object) => send("POST", "/sandbox/faults", { body }),
    advance: (ms: number) => send("POST", "/sandbox/clock", { body: { advance_ms: ms } }),
    ledger: async (reference?: string) =>
      (await send("GET", `/sandbox/ledger${reference === undefined ? "" : `?external_reference=${reference}`}`)).body,
  };
};

/** The SDK's clients, each on a configuration of its own: the SDK leaks options between calls of one. */
export const mp = (accessToken = defaultAccessToken) => {
  const config = () => new MercadoPagoConfig({ accessToken, options: { maxRetries: 0, timeout: 5000 } });
  return {
    cardToken: new CardToken(config()),
    customer: new Customer(config()),
    customerCard: new CustomerCard(config()),
    identificationType: new IdentificationType(config()),
    order: new Order(config()),
    payment: new Payment(config()),
    refund: new PaymentRefund(config()),
    preference: new Preference(config()),
    merchantOrder: new MerchantOrder(config()),
    user: new User(config()),
    paymentMethod: new PaymentMethod(config()),
  };
};

/** A valid QR order; `change` replaces members. */
export const qrOrder = (change: Record<string, unknown> = {}) => ({
  type: "qr",
  total_amount: "25.90",
  description: "Pedido 42",
  external_reference: crypto.randomUUID(),
  expiration_time: "PT5M",
  config: { qr: { external_pos_id: "COMANDA01", mode: "dynamic" } },
  transactions: { payments: [{ amount: "25.90" }] },
  items: [{ title: "X-Salada", unit_price: "25.90", quantity: 1, unit_measure: "unit", external_code: "SKU1" }],
  ...change,
});

/** The machine the seller has from the start. */
export const testTerminal = "NEWLAND_N950__SBX0000001";

/** A valid order for that machine; `change` replaces members. */
export const pointOrder = (change: Record<string, unknown> = {}) => ({
  type: "point",
  description: "Pedido 42",
  external_reference: crypto.randomUUID(),
  expiration_time: "PT5M",
  config: { point: { terminal_id: testTerminal, print_on_terminal: "no_ticket" } },
  transactions: { payments: [{ amount: "25.90" }] },
  ...change,
});

/** A valid online order without a payment; `change` replaces members. */
export const onlineOrder = (change: Record<string, unknown> = {}) => ({
  type: "online",
  total_amount: "25.90",
  external_reference: crypto.randomUUID(),
  payer: { email: "test_user_br@testuser.com" },
  ...change,
});

/** A token of the public Mastercard test card; the holder's name decides how it ends. */
export const createCardToken = (holder: string) =>
  mp().cardToken.create({
    body: {
      card_number: "5031433215406351",
      expiration_month: "11",
      expiration_year: "2030",
      security_code: "123",
      cardholder: { name: holder, identification: { type: "CPF", number: "12345678909" } },
    } as never, // the SDK's type lacks the holder
  });

/** Creates a QR order through the SDK, which has no type for `config.qr`. */
export const createQrOrder = async (change: Record<string, unknown> = {}) => {
  const order = await mp().order.create({ body: qrOrder(change) as never }); // the SDK's type lacks QR orders
  const { qr_data: qrCode = "" } = order.type_response ?? {};
  const payment = order.transactions?.payments?.[0];
  return {
    ...order,
    id: order.id ?? "",
    reference: order.external_reference ?? "",
    qrCode,
    paymentId: payment?.id ?? "",
  };
};

/** What a webhook receiver was sent. */
export type Received = { url: URL; headers: IncomingHttpHeaders; body: Record<string, unknown>; raw: string };

/** A webhook receiver on a free port; `answers` gives the statuses of the first calls, later ones get 200. */
export const receiver = async (answers: number[] = []) => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const raw = Buffer.concat(chunks).toString();
      const url = new URL(request.url ?? "/", "http://receiver");
      received.push({ url, headers: request.headers, raw, body: JSON.parse(raw) });
      response.writeHead(answers[received.length - 1] ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // listening on TCP, so never a pipe's name
  return { url: `http://127.0.0.1:${port}/payments/webhook`, received };
};

/** Waits until a condition holds; fails after five seconds. */
export const until = async <T>(probe: () => T | Promise<T>): Promise<NonNullable<T>> => {
  const deadlineMs = Date.now() + 5000;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > deadlineMs) throw new Error("the condition did not come true in 5 s");
    await sleep(5);
  }
};
