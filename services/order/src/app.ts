import { addAuditRoutes, createPostgresTrail, useAudit } from "@comanda/audit";
import { createDatabase, databaseIsReachable, isTransient, type Pool } from "@comanda/postgres";
import { type Clock, createLoop, systemClock } from "@comanda/primitives";
import {
  buildService,
  type Caller,
  type Figure,
  type Log,
  type ReadinessCheck,
  type Runnable,
  type TokenVerifier,
} from "@comanda/service-kit";
import type { Config } from "./config.ts";
import { registerCatalogueRoutes } from "./http/catalogue-routes.ts";
import { viewerOf } from "./http/order-caller.ts";
import { registerOrderRoutes } from "./http/order-routes.ts";
import { renderOrder } from "./http/render-order.ts";
import { registerStreamRoutes } from "./http/stream-routes.ts";
import { createStreamTickets } from "./http/stream-ticket.ts";
import { useOrderMetrics } from "./metrics.ts";
import { createOrdering, ORDERING_TIMES, type OrderingTimes } from "./ordering.ts";
import { createCatalogueCache } from "./storage/catalogue-cache.ts";
import { createOrderFeed } from "./storage/order-feed-reader.ts";
import { loadOrders, loadQueue } from "./storage/orders.ts";
import type { OrderTables } from "./storage/schema.ts";
import { seedMenu } from "./use-cases/seed-menu.ts";

/** What the service gets from outside; a test gives the same things. */
export type AppDeps = {
  readonly config: Config;
  readonly log: Log;
  /** Not touched before `start` or the first request: documents can be made without a database. */
  readonly pool: Pool;
  readonly verifyToken: TokenVerifier;
  /** For what goes on after the check: streams that are open. */
  readonly isRevoked?: (caller: Caller) => boolean;
  /** What tokens are checked by must be there, too. */
  readonly readiness?: readonly ReadinessCheck[];
  readonly figures?: readonly Figure[];
  /** What tests shorten. */
  readonly clock?: Clock;
  readonly times?: OrderingTimes;
};

/** The service before it listens. `start` begins the background work; the migrations must have run. */
export type OrderService = Runnable & { readonly start: () => Promise<void> };

const ALARM_POLL_MS = 10_000;

/** The whole order service without the process. */
export async function buildApp(deps: AppDeps): Promise<OrderService> {
  const { config, log, pool, verifyToken } = deps;
  const db = createDatabase<OrderTables>(pool);
  const catalogue = createCatalogueCache({ db, log });
  const feed = createOrderFeed({ db, log, loadOrders: (ids) => loadOrders(db, ids) });
  const { clock = systemClock, times = ORDERING_TIMES } = deps;
  const ordering = createOrdering({ config, log, pool, db, clock, catalogue, wakeFeed: feed.wake, times });

  const { app, leave, metrics } = await buildService({
    name: "order",
    title: "Comanda: order",
    description: "The menu, orders from the guest's tap to the counter, and their live streams.",
    version: "0.1.0",
    log,
    verifyToken,
    isOutage: isTransient,
    readiness: [
      {
        name: "database",
        check: async () => {
          if (!(await databaseIsReachable(pool, 1_000))) throw new Error("the database does not answer");
        },
      },
      ...(deps.readiness ?? []),
    ],
  });

  const { look } = useOrderMetrics(metrics, ordering, deps.figures ?? []);
  const alarms = createLoop({
    round: async () => {
      await look();
      return 0;
    },
    pollMs: ALARM_POLL_MS,
    beginsAfterMs: ALARM_POLL_MS,
    onError: (error) => log.error({ err: error, loop: "alarms" }, "a round failed"),
  });
  const trail = createPostgresTrail(db);
  useAudit(app, { trail, clock });
  registerCatalogueRoutes(app, { db, catalogue });
  registerOrderRoutes(app, ordering);
  addAuditRoutes(app, { service: "order", trail });
  registerStreamRoutes(app, {
    db,
    feed,
    tickets: createStreamTickets({
      secret: config.ORDER_CLIENT_SECRET,
      previousSecret: config.ORDER_CLIENT_SECRET_PREVIOUS,
      clock,
    }),
    loadOrders: (ids) => loadOrders(db, ids),
    loadQueue: () => loadQueue(db),
    renderOrder,
    viewerOf,
    isRevoked: deps.isRevoked ?? (() => false),
  });

  return {
    app,
    leave,
    log,
    start: async () => {
      if (config.SEED_MENU) await seedMenu({ db, catalogue });
      await catalogue.refresh();
      catalogue.start();
      ordering.start();
      alarms.start();
    },
    close: async () => {
      await alarms.stop();
      await ordering.stop();
      await feed.stop();
      await catalogue.stop();
    },
  };
}
