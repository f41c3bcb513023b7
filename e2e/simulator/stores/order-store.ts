import type { OutboxStore } from "@comanda/messaging";
import type { Id } from "@comanda/primitives";
import type { Order } from "../../../services/order/src/domain/order.ts";
import type { OrderRecords, OrderStore } from "../../../services/order/src/storage/order-store.ts";
import type { EffectOptions } from "../engine/process.ts";
import {
  asJson,
  beginWriting,
  type Committed,
  commit,
  nameOf,
  type OrderTables,
  place,
  save,
  seenOrder,
  type Writing,
} from "./order-tables.ts";
import { claimRows, parkedFrom, settleRow } from "./outbox-table.ts";

/** How a store reaches its tables: in the simulation a place where processes die, in its own tests hardly anything. */
export type Reach = {
  readonly effect: <Value>(what: string, run: () => Value, options?: EffectOptions) => Promise<Value>;
  readonly onCrash: (undo: () => void) => void;
};

/** Who holds what until its transaction ends, and who waits for it. */
export type Locks = {
  readonly take: (key: string, owner: Writing) => void;
  readonly isTaken: (key: string, owner: Writing | null, retry: () => void) => boolean;
  readonly release: (owner: Writing) => void;
};

/** @param later runs something soon, in the world's own time */
export function makeLocks(later: (run: () => void) => void): Locks {
  const held = new Map<string, { readonly owner: Writing; readonly waiting: (() => void)[] }>();
  return {
    take: (key, owner) => {
      if (!held.has(key)) held.set(key, { owner, waiting: [] });
    },
    isTaken: (key, owner, retry) => {
      const lock = held.get(key);
      if (lock === undefined || lock.owner === owner) return false;
      lock.waiting.push(retry);
      return true;
    },
    release: (owner) => {
      for (const [key, lock] of held) {
        if (lock.owner !== owner) continue;
        held.delete(key);
        for (const retry of lock.waiting) later(retry);
      }
    },
  };
}

type Database = {
  readonly tables: OrderTables;
  readonly locks: Locks;
  /** Told of every commit, before anybody else can see it. */
  readonly onCommit: (committed: readonly Committed[]) => void;
  /** Told of every event whose effect was written. */
  readonly onTaken: (eventId: string) => void;
};

/**
 * The model of `createPostgresOrderStore`: one statement is one effect, a transaction several, and of its writes nobody
 * sees any before its commit. Rows that it wrote make other writers wait, as in PostgreSQL at read committed.
 */
export function makeOrderStore(database: Database, reach: Reach): OrderStore {
  const { tables } = database;
  const alone = <Value>(what: string, orderId: Id | null, run: (writing: Writing) => Value): Promise<Value> =>
    reach.effect(
      what,
      () => {
        const writing = beginWriting();
        const value = run(writing);
        database.onCommit(commit(tables, writing));
        return value;
      },
      orderId === null
        ? {}
        : { isBlocked: (retry) => database.locks.isTaken(orderId, null, retry), detail: () => orderId },
    );
  const day = 1000;
  return {
    load: (id) => reach.effect("order.load", () => seenOrder(tables, null, id)),
    tracking: (id) => reach.effect("order.tracking", () => trackingOf(tables, null, id)),
    save: (change, options) =>
      alone("order.save", change.before.id, (writing) => save(tables, writing, change, options)),
    place: (placement) => alone("order.place", null, (writing) => ({ number: place(tables, writing, placement) })),
    findExpired: (now, limit) =>
      reach.effect("order.find-expired", () =>
        [...tables.orders.values()]
          .filter(({ status, expiresAt }) => status === "requested" && expiresAt <= now)
          .sort((one, other) => one.expiresAt.getTime() - other.expiresAt.getTime())
          .slice(0, limit)
          .map(({ id }) => id),
      ),
    findUnclaimed: (readyBefore, limit) =>
      reach.effect("order.find-unclaimed", () =>
        [...tables.orders.values()]
          .filter(({ status, readyAt }) => status === "ready_for_pickup" && readyAt !== null && readyAt <= readyBefore)
          .sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
          .slice(0, limit)
          .map(({ id }) => id),
      ),
    findRefusedLines: (refusedBefore, limit) =>
      reach.effect("order.find-refused-lines", () =>
        [...tables.orders.values()]
          .filter((order) => isOwedALine(order, refusedBefore))
          .slice(0, limit)
          .map(({ id }) => id),
      ),
    receiveOnce: (event, effect) => receiveOnce({ database, reach, event, effect }),
    requests: {
      find: (name) =>
        reach.effect("order.find-request", () => {
          const row = tables.keys.get(nameOf(name));
          if (row === undefined) return null;
          const { createdAt, ...kept } = row;
          return { ...kept, ageSeconds: (tables.now() - createdAt) / day };
        }),
      begin: (request) =>
        alone("order.begin-request", null, (writing) => {
          const name = nameOf(request);
          if (tables.keys.has(name)) return false;
          const { fingerprint, orderId } = request;
          writing.keys.set(name, { fingerprint, orderId, answer: null, createdAt: tables.now() });
          return true;
        }),
      takeOver: (name, seconds) =>
        alone("order.take-over-request", null, (writing) => {
          const row = tables.keys.get(nameOf(name));
          if (row === undefined || row.answer !== null || row.createdAt >= tables.now() - seconds * day) return false;
          writing.keys.set(nameOf(name), { ...row, createdAt: tables.now() });
          return true;
        }),
      keepAnswer: (name, answer) =>
        alone("order.keep-answer", null, (writing) => {
          const row = tables.keys.get(nameOf(name));
          if (row !== undefined && row.answer === null)
            writing.keys.set(nameOf(name), { ...row, answer: asJson(answer) });
        }),
      forget: (name) =>
        reach.effect("order.forget-request", () => {
          if (tables.keys.get(nameOf(name))?.answer === null) tables.keys.delete(nameOf(name));
        }),
    },
  };
}

function isOwedALine({ channel, paidBy, status, lines }: Order, refusedBefore: Date): boolean {
  if (channel !== "phone" || paidBy === null || ["cancelled", "rejected", "refunded"].includes(status)) return false;
  return lines.some(
    ({ refusedAt, refundAskedAt }) => refusedAt !== null && refusedAt <= refusedBefore && refundAskedAt === null,
  );
}

async function receiveOnce(receiving: {
  readonly database: Database;
  readonly reach: Reach;
  readonly event: { readonly consumer: string; readonly eventId: string };
  readonly effect: (records: OrderRecords) => Promise<void>;
}): Promise<void> {
  const { database, reach, event, effect } = receiving;
  const { tables, locks } = database;
  const writing = beginWriting();
  const rollBack = () => {
    writing.isOver = true;
    locks.release(writing);
  };
  reach.onCrash(rollBack);
  const note = `${event.consumer} ${event.eventId}`;
  try {
    const isNew = await reach.effect(
      "order.note-received",
      () => {
        locks.take(note, writing);
        if (tables.inbox.has(note)) return false;
        writing.inbox.push(note);
        return true;
      },
      { isBlocked: (retry) => locks.isTaken(note, writing, retry), detail: () => event.eventId },
    );
    if (isNew) await effect(recordsIn(database, reach, writing));
    await reach.effect("order.commit", () => {
      const committed = commit(tables, writing);
      if (committed.length > 0) database.onTaken(event.eventId);
      database.onCommit(committed);
      locks.release(writing);
    });
  } catch (error) {
    rollBack();
    throw error;
  }
}

function recordsIn({ tables, locks }: Database, reach: Reach, writing: Writing): OrderRecords {
  return {
    load: (id) => reach.effect("order.tx-load", () => seenOrder(tables, writing, id)),
    tracking: (id) => reach.effect("order.tx-tracking", () => trackingOf(tables, writing, id)),
    save: (change, options) =>
      reach.effect(
        "order.tx-save",
        () => {
          const isSaved = save(tables, writing, change, options);
          if (isSaved) locks.take(change.before.id, writing);
          return isSaved;
        },
        { isBlocked: (retry) => locks.isTaken(change.before.id, writing, retry), detail: () => change.before.id },
      ),
  };
}

function trackingOf(tables: OrderTables, writing: Writing | null, id: Id) {
  return [...tables.feed, ...(writing?.feed ?? [])]
    .filter(({ orderId, entry }) => orderId === id && entry.kind === "status")
    .map(({ entry: { status, at, by } }) => ({ status, at, by }));
}

/** The order service's outbox, as its relay sees it. */
export function makeOrderOutbox({ tables }: Pick<Database, "tables">, reach: Pick<Reach, "effect">): OutboxStore {
  const { effect } = reach;
  const rowOf = (id: string) => tables.outbox.find((row) => row.id === id);
  return {
    claim: (options) => effect("order.claim-events", () => claimRows(tables.outbox, { ...options, now: tables.now() })),
    settle: (event, delivery) =>
      effect("order.settle-event", () => {
        const row = rowOf(event.id);
        if (row !== undefined) settleRow(row, delivery, tables.now());
      }),
    settleDone: (events) =>
      effect("order.settle-events", () => {
        for (const { id } of events) {
          const row = rowOf(id);
          if (row !== undefined) settleRow(row, { outcome: "done" }, tables.now());
        }
      }),
    listParked: (limit) => effect("order.list-parked", () => parkedFrom(tables.outbox, limit)),
    retryParked: (id) =>
      effect("order.retry-parked", () => {
        const row = rowOf(id);
        if (row === undefined || row.parkedAt === null || row.sentAt !== null) return false;
        row.parkedAt = null;
        row.attempts = 0;
        row.availableAt = tables.now();
        return true;
      }),
    oldestWaitingSeconds: () => effect("order.oldest-waiting", () => 0),
  };
}
