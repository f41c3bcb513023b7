import { type FixedClock, fixedClock, waitFor } from "@comanda/testing";
import type { TokenOptions } from "@comanda/testing/tokens";
import type { Config } from "../src/config.ts";
import type { OrderAnswer } from "../src/http/order-schema.ts";
import type { OrderingTimes } from "../src/ordering.ts";
import { type FakePayment, startFakePayment } from "./fake-payment.ts";
import { type Harness, type HarnessParts, startHarness } from "./harness.ts";
import { makeProduct } from "./menu-builders.ts";

type Headers = Record<string, string>;
type Body = Record<string, unknown>;
type Answer = Awaited<ReturnType<Harness["app"]["inject"]>>;

/** The service with a menu of one product, a payment service beside it and a clock in our hand. */
export type OrderingHarness = Harness & {
  readonly payment: FakePayment;
  readonly clock: FixedClock;
  readonly productId: string;
  readonly call: (
    method: "GET" | "POST" | "PATCH",
    url: string,
    request?: { headers?: Headers; payload?: unknown },
  ) => Promise<Answer>;
  /** Places an order; two of the one product at the counter, unless told otherwise. */
  readonly place: (difference?: Body, headers?: Headers) => Promise<Answer>;
  /** The same, for tests that begin where an order exists. */
  readonly placed: (difference?: Body, headers?: Headers) => Promise<OrderAnswer>;
  /** Payment's events arrive. */
  readonly receive: (...events: readonly unknown[]) => Promise<Answer>;
  /** An order that is paid, by payment's word. */
  readonly paid: (difference?: Body, headers?: Headers) => Promise<OrderAnswer>;
  /** An order as staff sees it. */
  readonly look: (id: string) => Promise<OrderAnswer>;
  readonly patch: (id: string, payload: Body, who?: Parameters<Harness["as"]>[0]) => Promise<Answer>;
};

/** Quick enough for tests; a guest's patience stays long enough for a busy machine. */
export const TEST_TIMES: OrderingTimes = {
  requestBudgetMs: 1_000,
  closeBudgetMs: 1_000,
  sweepEveryMs: 60_000,
  relayEveryMs: 50,
};

/** Noon in São Paulo. */
const NOON = "2026-03-10T15:00:00.000Z";

export async function startOrderingHarness(
  parts: HarnessParts = {},
  settings: Partial<Config> = {},
): Promise<OrderingHarness> {
  const payment = await startFakePayment();
  const clock = fixedClock(NOON);
  const harness = await startHarness(
    { PAYMENT_URL: payment.url, AUTH_URL: payment.url, ...settings },
    { clock, times: TEST_TIMES, ...parts },
  );
  const product = await makeProduct(harness, { name: "X-Salada", price_cents: 2145 });
  const customer = await harness.as("customer");

  const call: OrderingHarness["call"] = (method, url, { headers = {}, payload } = {}) =>
    harness.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload: payload as Body }) });
  const place: OrderingHarness["place"] = (difference = {}, headers = customer) => {
    const items = [{ product_id: product.id, quantity: 2 }];
    return call("POST", "/orders/", { headers, payload: { items, payment_method: "counter", ...difference } });
  };
  const placed: OrderingHarness["placed"] = async (difference, headers) => {
    const answer = await place(difference, headers);
    if (answer.statusCode !== 201) throw new Error(`order refused: ${answer.body}`);
    return answer.json();
  };
  const look: OrderingHarness["look"] = async (id) =>
    (await call("GET", `/orders/${id}`, { headers: await harness.as("admin") })).json();
  const receive: OrderingHarness["receive"] = async (...events) =>
    call("POST", "/events", {
      headers: { ...(await harness.as(PAYMENT)), "content-type": "application/cloudevents-batch+json" },
      payload: JSON.stringify(events),
    });
  return {
    ...harness,
    payment,
    clock,
    productId: product.id,
    call,
    place,
    placed,
    look,
    receive,
    paid: async (difference, headers) => {
      const { id } = await placed(difference, headers);
      const charge = await waitFor(() => payment.chargeOf(id), { description: "the charge at payment" });
      await receive(payment.move(charge.payment_id, APPROVED));
      return look(id);
    },
    patch: async (id, payload, who = "admin") =>
      call("PATCH", `/orders/${id}`, { headers: await harness.as(who), payload }),
    close: async () => {
      await harness.close();
      await payment.close();
    },
  };
}

/** The payment service's own token. */
export const PAYMENT: TokenOptions = { role: "service", clientId: "payment", audience: "order" };

/** What changes of a charge that is paid. */
export const APPROVED = {
  status: "approved",
  approved_at: "2026-03-10T15:00:30.000Z",
  qr_code: null,
  expires_at: null,
} as const;
