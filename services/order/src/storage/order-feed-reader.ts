import type { OrderStatus } from "@comanda/contracts";
import { createPause, type Id } from "@comanda/primitives";
import type { Kysely } from "kysely";
import type { FeedPosition } from "../domain/feed-position.ts";
import type { Order } from "../domain/order.ts";
import { type FeedRow, readFeed, readFeedEnd } from "./order-feed.ts";
import type { OrderTables } from "./schema.ts";

/** Something that happened to an order; `order` is the order as it stands now, which may be later still. */
export type FeedChange = { readonly position: FeedPosition; readonly status: OrderStatus; readonly order: Order };

/** Tells everybody in this process who listens what happens to orders, in order, each thing once. */
export type OrderFeed = {
  readonly subscribe: (listener: (change: FeedChange) => void) => Subscription;
  /** Looks at once: called after a commit of this process. Others' commits are seen at the next round. */
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
};

type Subscription = {
  /** Resolved when nothing that commits from now on can be missed; what came before is the listener's own affair. */
  readonly ready: Promise<void>;
  readonly stop: () => void;
};

export type LoadOrders = (ids: readonly Id[]) => Promise<readonly Order[]>;

const POLL_MS = 200;
const BATCH_SIZE = 500;
/** First wait for a row that an older transaction holds back; doubled each time. */
const UNSETTLED_MS = 5;
const UNSETTLED_MAX_MS = 200;

/** One reader for the whole process, however many listen; it looks at the database only while somebody does. */
export function createOrderFeed(options: {
  readonly db: Kysely<OrderTables>;
  readonly loadOrders: LoadOrders;
  readonly log: { readonly warn: (record: object, message: string) => void };
  /** How often to look without being woken: for other processes' changes. */
  readonly pollMs?: number;
}): OrderFeed {
  const { db, loadOrders, log, pollMs = POLL_MS } = options;
  const listeners = new Set<(change: FeedChange) => void>();
  let loop: Promise<void> | null = null;
  let isStopped = false;
  const pause = createPause();
  let ready = Promise.withResolvers<void>();

  async function run(): Promise<void> {
    let cursor: FeedPosition | null = null;
    let waitMs = UNSETTLED_MS;
    while (listeners.size > 0 && !isStopped) {
      try {
        cursor ??= await readFeedEnd(db);
        ready.resolve();
        const page = await readFeed(db, { after: cursor, limit: BATCH_SIZE });
        await tell(page.rows);
        cursor = page.rows.at(-1)?.position ?? cursor;
        waitMs = page.hasUnsettled ? Math.min(waitMs * 2, UNSETTLED_MAX_MS) : UNSETTLED_MS;
        if (page.rows.length === BATCH_SIZE) continue;
        await pause.wait(page.hasUnsettled ? waitMs : pollMs);
      } catch (error) {
        log.warn({ err: error }, "the order feed could not be read");
        await pause.wait(UNSETTLED_MAX_MS);
      }
    }
    loop = null;
    // Somebody may have come while the last round was ending.
    begin();
  }

  async function tell(rows: readonly FeedRow[]): Promise<void> {
    for (const change of await loadChanges(rows, loadOrders)) {
      for (const listener of listeners) listener(change);
    }
  }

  function begin(): void {
    if (loop !== null || listeners.size === 0 || isStopped) return;
    ready = Promise.withResolvers();
    loop = run();
  }

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      begin();
      return { ready: ready.promise, stop: () => listeners.delete(listener) };
    },
    wake: pause.wake,
    stop: async () => {
      isStopped = true;
      pause.wake();
      await loop;
    },
  };
}

/** Rows with their orders, each order loaded once. */
export async function loadChanges(rows: readonly FeedRow[], loadOrders: LoadOrders): Promise<FeedChange[]> {
  if (rows.length === 0) return [];
  const orders = await loadOrders([...new Set(rows.map(({ orderId }) => orderId))]);
  const byId = new Map(orders.map((order) => [order.id, order]));
  return rows.flatMap(({ position, status, orderId }) => {
    const order = byId.get(orderId);
    return order === undefined ? [] : [{ position, status, order }];
  });
}
