import { addAuditRoutes, useAudit } from "@comanda/audit";
import { createHttpTransport, createRelay, type Relay } from "@comanda/messaging";
import { isTransient } from "@comanda/postgres";
import { type Clock, type Loop, makeTurns, newId, systemClock } from "@comanda/primitives";
import {
  type App,
  buildService,
  createServiceTokens,
  type Figure,
  type Log,
  type ReadinessCheck,
  type Runnable,
  type TokenVerifier,
} from "@comanda/service-kit";
import type { Config } from "./config.ts";
import { takeEvents } from "./events/take-events.ts";
import { type MercadoPagoSettings, makeMercadoPago } from "./gateways/mercado-pago/mercado-pago.ts";
import { sellerOf } from "./gateways/mercado-pago/seller.ts";
import { cancelChargeRoute } from "./http/cancel-charge.ts";
import { getChargeRoute } from "./http/get-charge.ts";
import { getPointOfSaleRoute } from "./http/get-point-of-sale.ts";
import { getReconciliationRoute } from "./http/get-reconciliation.ts";
import { listAlarmsRoute } from "./http/list-alarms.ts";
import { listChargesRoute } from "./http/list-charges.ts";
import { listParkedEventsRoute } from "./http/list-parked-events.ts";
import { listPointsOfSaleRoute } from "./http/list-points-of-sale.ts";
import { listReconciliationsRoute } from "./http/list-reconciliations.ts";
import { listRefundsRoute } from "./http/list-refunds.ts";
import { listTerminalsRoute } from "./http/list-terminals.ts";
import { listTransactionsRoute } from "./http/list-transactions.ts";
import { readBalanceRoute } from "./http/read-balance.ts";
import { readCustomerDataRoute } from "./http/read-customer-data.ts";
import { receiveAtCounterRoute } from "./http/receive-at-counter.ts";
import { receiveEventsRoute } from "./http/receive-events.ts";
import { receiveNoticeRoute } from "./http/receive-notice.ts";
import { refundChargeRoute } from "./http/refund-charge.ts";
import { requestChargeRoute } from "./http/request-charge.ts";
import { requestReconciliationRoute } from "./http/request-reconciliation.ts";
import { retryParkedEventRoute } from "./http/retry-parked-event.ts";
import { retryRefundRoute } from "./http/retry-refund.ts";
import { setPointOfSaleRoute } from "./http/set-point-of-sale.ts";
import { checkLoop, forgetLoop, noticeLoops, reconciliationLoop, upgradeLoop, watchLoop } from "./loops.ts";
import { type PaymentMetrics, usePaymentMetrics } from "./metrics.ts";
import { watchProvider } from "./provider-metrics.ts";
import type { ChargeStore, PaymentStore } from "./storage/charge-store.ts";
import { type ChargeDesk, ContentionError } from "./use-cases/charge-desk.ts";
import { makeFindCharge } from "./use-cases/find-charge.ts";
import type { NoticesInHand } from "./use-cases/notices-in-hand.ts";
import { type NoticeWorkers, receiveNotice } from "./use-cases/receive-notice.ts";
import { type Counting, makeCounting } from "./use-cases/tally.ts";

/** What the service gets from outside; a test gives the same things. */
export type AppDeps = {
  readonly config: Config;
  readonly log: Log;
  /** Not touched before `start` or the first request: documents can be made without a database. */
  readonly store: PaymentStore;
  readonly verifyToken: TokenVerifier;
  /** What tokens are checked by must be there, too. */
  readonly readiness?: readonly ReadinessCheck[];
  readonly figures?: readonly Figure[];
  readonly clock?: Clock;
  readonly random?: () => number;
};

/** The service before it listens. `start` begins the background work. */
export type PaymentService = Runnable & { readonly start: () => void };

/** The whole payment service without the process: no connection is opened in here. */
export async function buildApp(deps: AppDeps): Promise<PaymentService> {
  const { config, log, store, verifyToken } = deps;
  const service = await buildService({
    name: "payment",
    title: "Comanda payment",
    description:
      "Charges and refunds through Mercado Pago or at the counter, and everything that was recorded of them.",
    version: "0.1.0",
    log,
    verifyToken,
    readiness: [{ name: "database", check: store.ping }, ...(deps.readiness ?? [])],
    isOutage: (error) => error instanceof ContentionError || isTransient(error) || isMongoAway(error),
  });

  const relay = makeRelay(config, store, log);
  const clock = deps.clock ?? systemClock;
  const observer = watchProvider(service.metrics, log, clock);
  const counting = makeCounting(store.tallies, clock);
  const desk: ChargeDesk = {
    store,
    log,
    provider: makeMercadoPago({ ...providerSettings(config), observer }),
    clock,
    newId,
    random: deps.random ?? Math.random,
    qrLivesSeconds: config.PAYMENT_EXPIRES_IN,
    turns: makeTurns(),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    wakeRelay: relay.wake,
    wakeChecks: () => checks.wake(),
  };
  const others = deps.figures ?? [];
  const { watched, watch, onUpgraded, onNotice } = usePaymentMetrics(service.metrics, { store, clock, log, others });
  const failed = (loop: string) => (error: unknown) => log.error({ err: error, loop }, "a round failed");
  const checks = checkLoop(desk, { watched, onError: failed("checks") });
  const notices = noticeLoops({ ...desk, count: counting.count }, { watched, onError: failed("notices") });
  const alarms = watchLoop(watch, counting, failed("alarms"));
  const reconciliations = reconciliationLoop(desk, {
    settings: providerSettings(config),
    requestsPerSecond: config.RECONCILE_REQUESTS_PER_SECOND,
    store,
    onError: failed("reconciliations"),
  });

  const forgetting = forgetLoop({ clock, store }, failed("forgetting"));
  const upgrading = upgradeLoop(
    { ...desk, upgrades: store.upgrades, onUpgraded, waitSeconds: config.PAYMENT_UPGRADE_AFTER_HOURS * 3_600 },
    failed("upgrading"),
  );

  useAudit(service.app, { trail: store.audit, clock: desk.clock });
  addAuditRoutes(service.app, { service: "payment", trail: store.audit });
  const { workers, inHand } = notices;
  await addRoutes(service.app, desk, { config, workers, counting, onNotice, requestKeys: store.requestKeys });
  listAlarmsRoute(service.app, { store, clock, standing: observer.standing, counting });
  addReconciliationRoutes(service.app, desk, { store, wake: reconciliations.wake });
  const loops = [checks, ...notices.loops, reconciliations, forgetting, upgrading, alarms];
  return {
    app: service.app,
    leave: service.leave,
    log,
    ...lifeOf({ relay, counting, inHand, log }, loops),
  };
}

function providerSettings(config: Config): MercadoPagoSettings {
  return {
    accessToken: config.MERCADOPAGO_ACCESS_TOKEN,
    previousAccessToken: config.MERCADOPAGO_ACCESS_TOKEN_PREVIOUS,
    externalPosId: config.MERCADOPAGO_EXTERNAL_POS_ID,
    publicUrl: config.PUBLIC_URL?.replace(/\/$/, "") ?? null,
    baseUrl: config.MERCADOPAGO_BASE_URL ?? null,
    statementDescriptor: config.MERCADOPAGO_STATEMENT_DESCRIPTOR,
    identifiers: {
      ...(config.MERCADOPAGO_PLATFORM_ID === undefined ? {} : { platformId: config.MERCADOPAGO_PLATFORM_ID }),
      ...(config.MERCADOPAGO_INTEGRATOR_ID === undefined ? {} : { integratorId: config.MERCADOPAGO_INTEGRATOR_ID }),
    },
  };
}

function addReconciliationRoutes(
  app: App,
  desk: ChargeDesk,
  { store, wake }: { readonly store: PaymentStore; readonly wake: () => void },
): void {
  const { reconciliations } = store;
  requestReconciliationRoute(app, { clock: desk.clock, newId: desk.newId, reconciliations, wake });
  listReconciliationsRoute(app, { reconciliations });
  getReconciliationRoute(app, { reconciliations });
}

/** The driver's classes for a server that cannot be reached or cannot write now; known by name, not by import. */
function isMongoAway(error: unknown): boolean {
  return (
    error instanceof Error && /^Mongo(Network|ServerSelection|Pool|Topology|NotConnected|Expired)/.test(error.name)
  );
}

async function addRoutes(
  app: App,
  desk: ChargeDesk,
  parts: {
    readonly config: Config;
    readonly workers: NoticeWorkers;
    readonly counting: Counting;
    readonly requestKeys: PaymentStore["requestKeys"];
  } & Pick<PaymentMetrics, "onNotice">,
): Promise<void> {
  const { config, workers, counting, onNotice, requestKeys } = parts;
  const { store } = desk;
  const findCharge = makeFindCharge(desk);
  const secrets = [config.MERCADOPAGO_WEBHOOK_SECRET, config.MERCADOPAGO_WEBHOOK_SECRET_PREVIOUS].filter(
    (secret) => secret !== undefined,
  );

  const seller = sellerOf(config);

  requestChargeRoute(app, { desk, requestKeys });
  getChargeRoute(app, { findCharge });
  listChargesRoute(app, { store });
  listTransactionsRoute(app, { store, clock: desk.clock });
  readBalanceRoute(app, { store });
  readCustomerDataRoute(app, { store });
  cancelChargeRoute(app, { desk, findCharge });
  listRefundsRoute(app, { store });
  refundChargeRoute(app, desk);
  retryRefundRoute(app, desk);
  listPointsOfSaleRoute(app, { store, defaultExternalPosId: config.MERCADOPAGO_EXTERNAL_POS_ID });
  getPointOfSaleRoute(app, { store });
  setPointOfSaleRoute(app, desk);
  listTerminalsRoute(app, desk);
  receiveAtCounterRoute(app, { desk, findCharge });
  await receiveNoticeRoute(app, {
    receiveNotice: async (incoming) => {
      const outcome = await receiveNotice(desk, incoming, { secrets, seller, workers, count: counting.count });
      onNotice(outcome);
      return outcome;
    },
  });
  await receiveEventsRoute(app, { takeEvents: (batch, producer) => takeEvents(desk, batch, producer) });
  listParkedEventsRoute(app, { outbox: store.outbox });
  retryParkedEventRoute(app, { outbox: store.outbox, wakeRelay: desk.wakeRelay });
}

function makeRelay(config: Config, store: ChargeStore, log: Log): Relay {
  const tokens = createServiceTokens({
    authUrl: config.AUTH_URL,
    clientId: "payment",
    clientSecret: config.PAYMENT_CLIENT_SECRET,
  });
  const orderEvents = new URL("/events", config.ORDER_URL);
  const transport = createHttpTransport({
    source: "/payment",
    routeOf: () => orderEvents,
    token: tokens.get,
    onTokenRefused: tokens.forget,
  });
  return createRelay({ outbox: store.outbox, transport, log });
}

/** Background work ends before the process does: what is under way is finished, what is left is found again. */
function lifeOf(
  parts: {
    readonly relay: Relay;
    readonly counting: Counting;
    readonly inHand: NoticesInHand;
    readonly log: Log;
  },
  loops: readonly Loop[],
): Pick<PaymentService, "start" | "close"> {
  const { relay, counting, inHand, log } = parts;
  return {
    start: () => {
      inHand.open();
      relay.start();
      for (const loop of loops) loop.start();
    },
    close: async () => {
      await Promise.all([...loops.map((loop) => loop.stop()), relay.stop()]);
      // A count is not worth an unclean end, should the database be away.
      await counting.flush().catch(() => undefined);
      // With the database away, the leases put them back.
      await inHand.letGo().catch((error: unknown) => log.warn({ err: error }, "notices in hand were not put back"));
    },
  };
}
