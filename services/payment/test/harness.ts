import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { join } from "node:path";
import { startSandbox } from "@comanda/mercadopago-sandbox";
import { type Clock, newId } from "@comanda/primitives";
import type { Role } from "@comanda/service-kit";
import { createTestDatabase, createTestLog, freePort, harvestSettings, noteFigures, waitFor } from "@comanda/testing";
import { createTestIssuer } from "@comanda/testing/tokens";
import { buildApp, type PaymentService } from "../src/app.ts";
import { type Config, readConfig } from "../src/config.ts";
import type { PaymentStore } from "../src/storage/charge-store.ts";
import { createPostgresChargeStore } from "../src/storage/postgres-charge-store.ts";
import { startProviderProxy } from "./provider-proxy.ts";

export const WEBHOOK_SECRET = "a-webhook-secret-of-tests";
export const ACCESS_TOKEN = "APP_USR-1000000000000001-010126-0123456789abcdef0123456789abcdef-2000000001";
/** The token before it, of the same application and seller. */
const FORMER_ACCESS_TOKEN = "APP_USR-1000000000000001-010125-fedcba9876543210fedcba9876543210-2000000001";

/** What the order service was told, and how it answers. Auth's token endpoint lives here too. */
export type Receiver = {
  readonly url: string;
  readonly events: Record<string, unknown>[];
  /** Makes `POST /events` answer this status until it is set back to 200. */
  answerWith: (status: number) => void;
  readonly close: () => Promise<void>;
};

/** The payment service on a real database, beside a Mercado Pago and an order service, all over HTTP. */
export type Harness = Awaited<ReturnType<typeof startHarness>>;

export type HarnessOptions = {
  readonly clock?: Clock;
  /** `false`: no background work, so that a test says itself when something happens. */
  readonly isBackgroundOn?: boolean;
  /** The provider is reached through `proxy`, which can change what it says. */
  readonly isProviderTampered?: boolean;
  /** The access token is being changed: provider and service know two. */
  readonly hasTwoTokens?: boolean;
  readonly qrLivesSeconds?: number;
  readonly upgradeAfterHours?: number;
  readonly wrapStore?: (store: PaymentStore) => PaymentStore;
  /** Another store than the one on the harness's PostgreSQL; the harness closes it. */
  readonly openStore?: () => Promise<PaymentStore>;
};

export async function startHarness(options: HarnessOptions = {}) {
  const database = await createTestDatabase({ migrations: join(import.meta.dirname, "../migrations") });
  const issuer = await createTestIssuer();
  const receiver = await startReceiver();
  const port = await freePort();
  const sandbox = await startSandbox({
    port: 0,
    accessToken: ACCESS_TOKEN,
    ...(options.hasTwoTokens === true && { previousAccessToken: FORMER_ACCESS_TOKEN }),
    webhookSecret: WEBHOOK_SECRET,
    webhookUrl: `http://127.0.0.1:${port}/payments/webhook`,
    webhookRetryMs: 100,
  });
  const proxy = await startProviderProxy(sandbox.url);
  const { log, lines } = createTestLog("payment");
  const config: Config = readConfig({
    PAYMENT_PORT: String(port),
    PAYMENT_DATABASE_URL: database.url,
    AUTH_URL: receiver.url,
    AUTH_ISSUER: issuer.issuer,
    ORDER_URL: receiver.url,
    PAYMENT_CLIENT_SECRET: "a-client-secret-that-nobody-but-tests-know",
    MERCADOPAGO_BASE_URL: options.isProviderTampered === true ? proxy.url : sandbox.url,
    MERCADOPAGO_ACCESS_TOKEN: ACCESS_TOKEN,
    ...(options.hasTwoTokens === true && { MERCADOPAGO_ACCESS_TOKEN_PREVIOUS: FORMER_ACCESS_TOKEN }),
    MERCADOPAGO_WEBHOOK_SECRET: WEBHOOK_SECRET,
    MERCADOPAGO_WEBHOOK_SECRET_PREVIOUS: "the-secret-before",
    PAYMENT_EXPIRES_IN: String(options.qrLivesSeconds ?? 300),
    PAYMENT_UPGRADE_AFTER_HOURS: String(options.upgradeAfterHours ?? 24),
  });
  harvestSettings(config);
  const { wrapStore = (store: PaymentStore) => store } = options;
  const opened = await options.openStore?.();
  const store = wrapStore(opened ?? createPostgresChargeStore(database.pool));
  const makeService = (storeOfItsOwn = store): Promise<PaymentService> =>
    buildApp({
      config,
      log,
      store: storeOfItsOwn,
      verifyToken: issuer.verifier("payment"),
      ...(options.clock === undefined ? {} : { clock: options.clock }),
    });
  const service = await makeService();
  await service.app.listen({ host: "127.0.0.1", port });
  if (options.isBackgroundOn !== false) service.start();

  const bearer = async (
    role: Role,
    more: { subject?: string; level?: "anonymous" | "identified" | "registered" } = {},
  ) => `Bearer ${await issuer.token({ role, ...(role === "service" ? { clientId: "order" } : {}), ...more })}`;

  /** One request to the service, as `role`. */
  async function call(
    method: "GET" | "POST" | "PUT" | "DELETE",
    url: string,
    request: {
      readonly as?:
        | Role
        | { readonly role: Role; readonly subject?: string; readonly level?: "identified" | "registered" };
      readonly body?: unknown;
      readonly headers?: Record<string, string>;
    } = {},
  ) {
    const who = typeof request.as === "string" ? { role: request.as } : request.as;
    const { role, ...more } = who ?? { role: null };
    return service.app.inject({
      method,
      url,
      headers: {
        ...(role === null ? {} : { authorization: await bearer(role, more) }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { payload: request.body as object }), // inject takes any JSON value
    });
  }

  const toSandbox = async (path: string, body?: unknown, method = body === undefined ? "GET" : "POST") => {
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      headers: { "content-type": "application/json", authorization: `Bearer ${ACCESS_TOKEN}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };

  return {
    service,
    makeService,
    store,
    issuer,
    receiver,
    sandbox,
    proxy,
    lines,
    config,
    call,
    bearer,
    toSandbox,
    database,
    /** What the phone of a guest does. */
    pay: async (what: { qr_code?: string; payment_link?: string; outcome?: "approved" | "rejected" }) =>
      toSandbox("/sandbox/pay", what),
    faults: async (faults: Record<string, unknown>) => toSandbox("/sandbox/faults", faults),
    clearFaults: async () => toSandbox("/sandbox/faults", undefined, "DELETE"),
    /** Every charge the provider holds for this reference. */
    ledgerOf: async (reference: string) =>
      (await toSandbox(`/sandbox/ledger?external_reference=${reference}`)).body["charges"] as unknown as LedgerRow[],
    /** Asks for a charge as the order service does. */
    request: async (difference: Record<string, unknown> = {}) => {
      const answer = await call("POST", "/payments/", { as: "service", body: chargeBody(difference) });
      if (answer.statusCode !== 201) throw new Error(`no charge: ${answer.statusCode} ${answer.body}`);
      return answer.json();
    },
    /** Sends events as the order service's relay does. */
    sendEvents: (events: readonly unknown[], more: { as?: Role; type?: string } = {}) =>
      call("POST", "/events", {
        as: more.as ?? "service",
        headers: { "content-type": more.type ?? "application/cloudevents-batch+json" },
        body: JSON.stringify(events),
      }),
    statusOf: async (id: string) => (await store.get(id))?.status,
    becomes: (id: string, status: string, timeoutMs = 8_000) =>
      waitFor(async () => ((await store.get(id))?.status === status ? await store.get(id) : null), {
        timeoutMs,
        description: `charge ${id} to become ${status}`,
      }),
    close: async () => {
      await noteFigures("payment", service.app);
      await service.app.close();
      await service.close();
      await sandbox.close();
      await proxy.close();
      await receiver.close();
      await opened?.close();
      await database.drop();
    },
  };
}

type LedgerRow = {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly times_paid: number;
  readonly amount_cents: number;
  readonly refunded_cents: number;
  readonly refunds: readonly { readonly id: string; readonly amount_cents: number; readonly status: string }[];
};

/** What the order service asks for; give only what matters to the test. */
export function chargeBody(difference: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: newId(),
    order_id: newId(),
    attempt: 1,
    customer_id: newId(),
    amount_cents: 4290,
    method: "qr",
    description: "Pedido 47",
    items: [{ title: "X-Salada", quantity: 1, unit_price_cents: 4290 }],
    expires_at: new Date(Date.now() + 900_000).toISOString(),
    ...difference,
  };
}

/** An event as the order service says it. */
export function orderEvent(
  type: "payment_requested" | "payment_cancelled" | "refund_requested",
  data: Record<string, unknown>,
) {
  return {
    specversion: "1.0",
    id: newId(),
    source: "/order",
    type: `comanda.order.${type}`,
    subject: data["order_id"],
    time: new Date().toISOString(),
    datacontenttype: "application/json",
    data,
  };
}

async function startReceiver(): Promise<Receiver> {
  const events: Record<string, unknown>[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    void answer(request, { events, status }).then((reply) => {
      response.writeHead(reply.status, { "content-type": "application/json" });
      response.end(JSON.stringify(reply.body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    events,
    answerWith: (next) => {
      status = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function answer(
  request: IncomingMessage,
  { events, status }: { events: Record<string, unknown>[]; status: number },
): Promise<{ status: number; body: unknown }> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer); // a request's parts are buffers unless told otherwise
  if (request.url === "/token") return { status: 200, body: { access_token: "token-of-payment", expires_in: 300 } };
  if (status !== 200) return { status, body: {} };
  const batch = JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>[];
  events.push(...batch);
  return { status: 200, body: { results: batch.map(({ id }) => ({ id, outcome: "done" })) } };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver has no port");
  return address.port;
}
