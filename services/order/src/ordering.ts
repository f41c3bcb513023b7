import { createHttpTransport, createPostgresOutbox, createRelay, type OutboxStore } from "@comanda/messaging";
import type { Pool } from "@comanda/postgres";
import { type Clock, createLoop, type Loop, makeTurns, newId } from "@comanda/primitives";
import { createServiceTokens, type Log } from "@comanda/service-kit";
import type { Kysely } from "kysely";
import { type Config, unpaidOrdersMax } from "./config.ts";
import { createReceiveErasures } from "./events/customer-erased.ts";
import { createReceiveEvents, type ReceiveEvents } from "./events/payment-changed.ts";
import { createPaymentService } from "./gateways/payment-service.ts";
import type { CatalogueCache } from "./storage/catalogue-cache.ts";
import { eraseCustomer } from "./storage/customer-data.ts";
import { countUnpaidOrders } from "./storage/orders.ts";
import { createPostgresOrderStore } from "./storage/postgres-order-store.ts";
import type { OrderTables } from "./storage/schema.ts";
import { expireOrders } from "./use-cases/expire-orders.ts";
import { forgetOldCustomers } from "./use-cases/forget-old-customers.ts";
import { type LimitUnpaid, makeLimitUnpaid, type Orderer } from "./use-cases/limit-unpaid.ts";
import { markUnclaimed } from "./use-cases/mark-unclaimed.ts";
import type { OrderingDeps } from "./use-cases/ordering-deps.ts";
import { createPlaceOrder, type PlaceOrder } from "./use-cases/place-order.ts";
import { purgeOrdering } from "./use-cases/purge-ordering.ts";
import { refundRefusedLines } from "./use-cases/refund-line.ts";

/** How patient the ordering is, in ms. */
export type OrderingTimes = {
  /** What a guest waits for a QR before the order is answered without it. */
  readonly requestBudgetMs: number;
  /** What payment has to close a charge. */
  readonly closeBudgetMs: number;
  /** How often orders whose time is over are looked for. */
  readonly sweepEveryMs: number;
  /** How often the outbox is looked at without being woken. */
  readonly relayEveryMs: number;
};

export const ORDERING_TIMES: OrderingTimes = {
  requestBudgetMs: 2_500,
  closeBudgetMs: 4_000,
  sweepEveryMs: 2_000,
  relayEveryMs: 500,
};

const PURGE_EVERY_MS = 3_600_000;
const FORGET_EVERY_MS = 6 * 3_600_000;
/** A shop that is open for five hours a day forgets too; the rush of a start is over by then. */
const FIRST_MS_MAX = 10 * 60_000;

/** Everything about orders that is not the menu: what the routes call, and the work in the background. */
export type Ordering = OrderingDeps & {
  /** Lists, streams and figures read the database themselves. */
  readonly db: Kysely<OrderTables>;
  readonly placeOrder: PlaceOrder;
  readonly receiveEvents: ReceiveEvents;
  readonly outbox: OutboxStore;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** Wires the use-cases of orders to the database, to payment and to the clock. */
export function createOrdering(options: {
  readonly config: Config;
  readonly log: Log;
  readonly pool: Pool;
  readonly db: Kysely<OrderTables>;
  readonly clock: Clock;
  readonly catalogue: CatalogueCache;
  readonly wakeFeed: () => void;
  readonly times: OrderingTimes;
}): Ordering {
  const { config, log, pool, db, clock, catalogue, wakeFeed, times } = options;
  const tokens = createServiceTokens({
    authUrl: config.AUTH_URL,
    clientId: "order",
    clientSecret: config.ORDER_CLIENT_SECRET,
  });
  const payments = createPaymentService({ url: config.PAYMENT_URL, tokens, log, ...times });
  const outbox = createPostgresOutbox(db);
  const eventsAddress = new URL("/events", config.PAYMENT_URL);
  const relay = createRelay({
    outbox,
    log,
    pollMs: times.relayEveryMs,
    transport: createHttpTransport({
      source: "/order",
      routeOf: () => eventsAddress,
      token: tokens.get,
      onTokenRefused: tokens.forget,
    }),
  });
  const deps: OrderingDeps = {
    store: createPostgresOrderStore({ pool, db }),
    clock,
    newId,
    payments,
    log,
    announce: ({ isSeen, hasEvents }) => {
      if (isSeen) wakeFeed();
      if (hasEvents) relay.wake();
    },
  };
  const { sweepEveryMs } = times;
  const receivePayments = createReceiveEvents(deps);
  const receiveErasures = createReceiveErasures({ ...deps, eraseCustomer: (given) => eraseCustomer(db, given) });
  const jobs = [
    job({ name: "expireOrders", everyMs: sweepEveryMs, work: (signal) => expireOrders(deps, signal), log }),
    job({ name: "markUnclaimed", everyMs: sweepEveryMs, work: () => markUnclaimed(deps), log }),
    job({ name: "forgetOldCustomers", everyMs: FORGET_EVERY_MS, work: () => forgetOldCustomers({ db, clock }), log }),
    job({ name: "refundRefusedLines", everyMs: sweepEveryMs, work: () => refundRefusedLines(deps), log }),
    job({ name: "purgeOrdering", everyMs: PURGE_EVERY_MS, work: () => purgeOrdering({ db, pool, clock }), log }),
  ];
  return {
    ...deps,
    db,
    outbox,
    placeOrder: createPlaceOrder({
      ...deps,
      catalogue: catalogue.current,
      expiresInSeconds: config.ORDER_EXPIRES_IN,
      limitUnpaid: limitOf(unpaidOrdersMax(config), { db, clock }),
    }),
    receiveEvents: (batch, producer) => (producer === "auth" ? receiveErasures : receivePayments)(batch, producer),
    start: () => {
      relay.start();
      for (const { start } of jobs) start();
    },
    stop: async () => {
      await Promise.all(jobs.map(({ stop }) => stop()));
      await relay.stop();
    },
  };
}

function limitOf(
  max: number | null,
  { db, clock }: { readonly db: Kysely<OrderTables>; readonly clock: Clock },
): LimitUnpaid | null {
  if (max === null) return null;
  const countUnpaid = (orderer: Orderer) => countUnpaidOrders(db, orderer);
  return makeLimitUnpaid({ max, turns: makeTurns(), countUnpaid, now: clock.now });
}

/** Work done every `everyMs`; a round that fails is logged, and the next one tries again. */
function job(options: {
  readonly name: string;
  readonly everyMs: number;
  readonly work: (signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}): Loop {
  const { name, everyMs, work, log } = options;
  return createLoop({
    round: async (signal) => {
      await work(signal);
      return 0;
    },
    pollMs: everyMs,
    beginsAfterMs: Math.min(everyMs, FIRST_MS_MAX),
    onError: (error) => log.error({ err: error, job: name }, "background work failed; it will be tried again"),
  });
}
