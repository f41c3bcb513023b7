import { noteReceived } from "@comanda/messaging";
import { createGatherer, type Pool } from "@comanda/postgres";
import type { Kysely } from "kysely";
import { beginRequest, findRequest, forgetRequest, keepAnswer, takeOverRequest } from "./idempotency-keys.ts";
import { loadTracking } from "./order-feed.ts";
import { createOrderNumbers } from "./order-numbers.ts";
import type { OrderRecords, OrderStore } from "./order-store.ts";
import { findExpiredOrders, findOrdersWithRefusedLines, findUnclaimedOrders, loadOrder } from "./orders.ts";
import { placeOrders } from "./place-orders.ts";
import { saveChange } from "./save-change.ts";
import type { OrderTables } from "./schema.ts";

/** Statements under way at a time, and orders in one: measured with 16 and 64 clients on two cores. */
const IN_FLIGHT_MAX = 2;
const BATCH_MAX = 64;

/** Orders in PostgreSQL; concurrent orders share statements. */
export function createPostgresOrderStore({
  pool,
  db,
}: {
  readonly pool: Pool;
  readonly db: Kysely<OrderTables>;
}): OrderStore {
  const numbers = createOrderNumbers(pool);
  const gatherer = createGatherer({
    run: (batch: Parameters<typeof placeOrders>[1]) => placeOrders(pool, batch),
    batchMax: BATCH_MAX,
    inFlightMax: IN_FLIGHT_MAX,
  });
  return {
    ...recordsIn(db),
    place: async (placement) => {
      await numbers.ensure(placement.order.businessDay);
      return gatherer.submit(placement);
    },
    findExpired: (now, limit) => findExpiredOrders(db, now, limit),
    findUnclaimed: (readyBefore, limit) => findUnclaimedOrders(db, readyBefore, limit),
    findRefusedLines: (refusedBefore, limit) => findOrdersWithRefusedLines(db, refusedBefore, limit),
    receiveOnce: (event, effect) =>
      db.transaction().execute(async (tx) => {
        if (await noteReceived<OrderTables>(tx, event)) await effect(recordsIn(tx));
      }),
    requests: {
      find: (name) => findRequest(db, name),
      begin: (request) => beginRequest(db, request),
      takeOver: (name, seconds) => takeOverRequest(db, name, seconds),
      keepAnswer: (name, answer) => keepAnswer(db, name, answer),
      forget: (name) => forgetRequest(db, name),
    },
  };
}

function recordsIn(db: Kysely<OrderTables>): OrderRecords {
  return {
    load: (id) => loadOrder(db, id),
    tracking: (id) => loadTracking(db, id),
    save: (change, options) => saveChange(db, change, options),
  };
}
