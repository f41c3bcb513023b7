import type { FastifyInstance } from "fastify";
import { makeClock } from "./clock.ts";
import { orderActions } from "./domain/order.ts";
import { makeFaults } from "./faults.ts";
import { buildHttp } from "./http/app.ts";
import { makeIds } from "./ids.ts";
import { defaultAccessToken, defaultWebhookSecret, makeSellers, type Seller, sellerOfToken } from "./sellers.ts";
import { makeStore } from "./storage/store.ts";
import { seedPointOfSale } from "./use-cases/create-point-of-sale.ts";
import { watchOrder, watchPayment } from "./use-cases/current-charge.ts";
import { watchPix, watchSettling } from "./use-cases/online-orders.ts";
import { watchRefund } from "./use-cases/refund-order.ts";
import { watchPaymentRefund } from "./use-cases/refund-payment.ts";
import { watchArranged } from "./use-cases/terminal-acts.ts";
import { seedTerminal } from "./use-cases/terminals.ts";
import { type Deliveries, makeDeliveries } from "./webhooks/delivery.ts";
import { makeIndexes, makeTables, type World } from "./world.ts";

/** How a sandbox is set up. Everything has a default that works alone. Times in ms. */
export type SandboxOptions = {
  /** Where the journal is kept; null (default) keeps everything in memory only. */
  dataDir?: string | null;
  /** Token of the one seller. */
  accessToken?: string;
  /** A second token of the same seller and application, good beside the first. */
  previousAccessToken?: string;
  /** Secret that signs the webhooks of the seller's application. */
  webhookSecret?: string;
  /** Where webhooks go; may be told later with `setWebhookUrl`. */
  webhookUrl?: string | null;
  /** External id of the till that exists from the start. */
  externalPosId?: string;
  /** Address buyers reach the sandbox at; default: where it listens. */
  publicUrl?: string;
  /** Pause between a change and its first webhook (default 5). */
  webhookDelayMs?: number;
  /** Pause before the first retry of a webhook, doubling up to 60 s (default 2000). */
  webhookRetryMs?: number;
  /** More sellers beside the one above. */
  otherSellers?: Seller[];
  /** Writes a JSON log of unexpected errors to standard output. */
  isLogging?: boolean;
};

/** A sandbox that is built; `start` makes it listen. */
export type Sandbox = {
  app: FastifyInstance;
  /** Loads the journal, listens, and answers the base address. Port 0 takes a free one. */
  start: (address: { host?: string; port: number }) => Promise<{ url: string }>;
  /** Sandbox time: read it, or move it forward (everything that becomes due happens). */
  clock: { now: () => number; advance: (ms: number) => void };
  setWebhookUrl: (url: string | null) => void;
  close: () => Promise<void>;
};

/** Builds a simulated Mercado Pago without starting it. */
export const buildSandbox = (options: SandboxOptions = {}): Sandbox => {
  const seller = sellerOfToken({
    accessToken: options.accessToken ?? defaultAccessToken,
    previousAccessToken: options.previousAccessToken ?? null,
    webhookSecret: options.webhookSecret ?? defaultWebhookSecret,
    webhookUrl: options.webhookUrl ?? null,
  });
  let publicUrl = options.publicUrl ?? null;
  let deliveries: Deliveries | null = null;
  const world = makeWorld({
    sellers: [seller, ...(options.otherSellers ?? [])],
    publicUrl: () => publicUrl ?? "http://127.0.0.1:8003",
    notify: (notification) => deliveries?.notify(notification),
  });
  deliveries = makeDeliveries(world, {
    delayMs: options.webhookDelayMs ?? 5,
    retryMs: options.webhookRetryMs ?? 2000,
    retryMaxMs: 60_000,
    attemptsMax: 12,
  });
  const sender = deliveries;
  const opened = Promise.withResolvers<void>();
  opened.promise.catch(() => {});
  const app = buildHttp({
    world,
    deliveries: sender,
    isLogging: options.isLogging ?? false,
    ready: () => opened.promise,
  });

  return {
    app,
    start: async ({ host = "127.0.0.1", port }) => {
      // The address first: a second process on the same folder must fail before it touches the journal of the first.
      const url = await app.listen({ host, port });
      publicUrl ??= url;
      try {
        await world.store.open(options.dataDir ?? null);
      } catch (cause) {
        opened.reject(cause);
        throw cause;
      }
      resume(world, { seller, externalPosId: options.externalPosId ?? "COMANDA01" });
      sender.resume();
      opened.resolve();
      return { url };
    },
    clock: {
      now: world.clock.now,
      advance: (ms) => world.store.transact(() => world.clock.advance(ms)),
    },
    setWebhookUrl: (url) => {
      seller.webhookUrl = url;
      if (url !== null) sender.releaseHeld();
    },
    close: async () => {
      await app.close();
      world.clock.close();
      await sender.close();
      await world.store.close();
    },
  };
};

/** Builds a sandbox and starts it: the form tests use. */
export const startSandbox = async (options: SandboxOptions & { port: number; host?: string }) => {
  const sandbox = buildSandbox(options);
  try {
    const { url } = await sandbox.start({
      port: options.port,
      ...(options.host !== undefined && { host: options.host }),
    });
    return { ...sandbox, url };
  } catch (cause) {
    await sandbox.close();
    throw cause;
  }
};

const makeWorld = (given: { sellers: Seller[]; publicUrl: () => string; notify: World["notify"] }): World => {
  const store = makeStore();
  const tables = makeTables(store);
  return {
    store,
    tables,
    indexes: makeIndexes(tables),
    clock: makeClock(),
    ids: makeIds(tables.idSettings),
    faults: makeFaults(),
    sellers: makeSellers(given.sellers),
    publicUrl: given.publicUrl,
    notify: given.notify,
  };
};

/** Takes up a former life: its time, what was waiting for its time, and the till that must exist. */
const resume = (world: World, given: { seller: Seller; externalPosId: string }) => {
  const { tables, clock } = world;
  clock.advance(tables.clockSettings.get("clock")?.offsetMs ?? 0);
  for (const order of tables.orders.values()) {
    if (orderActions(order).includes("expire")) watchOrder(world, order);
    if (order.type === "point") watchArranged(world, order);
    if (order.type === "online" && orderActions(order).includes("pay")) watchSettling(world, order);
    if (order.type === "online") watchPix(world, order);
    for (const refund of order.refunds)
      if (refund.status === "processing") watchRefund(world, { order, refund, delayMs: 0 });
  }
  for (const payment of tables.payments.values()) {
    if (payment.status === "pending") watchPayment(world, payment);
    for (const refund of payment.refunds)
      if (refund.status === "in_process") watchPaymentRefund(world, { payment, refund, delayMs: 0 });
  }
  world.store.transact(() => {
    seedPointOfSale(world, given);
    seedTerminal(world, given);
  });
};
