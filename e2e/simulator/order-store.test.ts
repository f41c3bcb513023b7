import { join } from "node:path";
import { createDatabase, createPool } from "@comanda/postgres";
import { newId } from "@comanda/primitives";
import { createTestDatabase } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Order } from "../../services/order/src/domain/order.ts";
import { draftOrder, type OrderDraft } from "../../services/order/src/domain/place-order.ts";
import { settle } from "../../services/order/src/domain/settle.ts";
import { changeStatus } from "../../services/order/src/domain/transitions.ts";
import { PLACE_ROUTE } from "../../services/order/src/storage/idempotency-keys.ts";
import type { OrderStore } from "../../services/order/src/storage/order-store.ts";
import { createPostgresOrderStore } from "../../services/order/src/storage/postgres-order-store.ts";
import type { OrderTables as Schema } from "../../services/order/src/storage/schema.ts";
import { CATALOGUE, PRODUCTS } from "./actors/menu.ts";
import { makeLocks, makeOrderStore } from "./stores/order-store.ts";
import { makeOrderTables } from "./stores/order-tables.ts";

/** A store, and how many events of an order wait in its outbox. */
type Opened = {
  readonly store: OrderStore;
  readonly waiting: (orderId: string) => Promise<number>;
  readonly close: () => Promise<void>;
};

// What the simulator proves, it proves on its model of the store: both must do the same.
describe("the PostgreSQL store of orders", () => contract(openPostgres));
describe("the simulated store of orders", () => contract(openModel));

async function openPostgres(): Promise<Opened> {
  const database = await createTestDatabase({
    migrations: join(import.meta.dirname, "../../services/order/migrations"),
  });
  const pool = createPool({ connectionString: database.url, applicationName: "comanda-order-test" });
  return {
    store: createPostgresOrderStore({ pool, db: createDatabase<Schema>(pool) }),
    waiting: async (orderId) => {
      const { rows } = await pool.query<{ count: number }>(
        "select count(*)::integer as count from outbox where subject = $1 and sent_at is null",
        [orderId],
      );
      return rows[0]?.count ?? 0;
    },
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
}

async function openModel(): Promise<Opened> {
  const tables = makeOrderTables({ newId, now: Date.now });
  const soon = () => new Promise((resolve) => setImmediate(resolve));
  const locks = makeLocks((run) => setImmediate(run));
  const effect = async <Value>(
    _what: string,
    run: () => Value,
    { isBlocked }: { readonly isBlocked?: (retry: () => void) => boolean } = {},
  ): Promise<Value> => {
    await soon();
    for (;;) {
      const free = Promise.withResolvers<void>();
      if (isBlocked?.(free.resolve) !== true) return run();
      await free.promise;
    }
  };
  return {
    store: makeOrderStore(
      { tables, locks, onCommit: () => undefined, onTaken: () => undefined },
      { effect, onCrash: () => undefined },
    ),
    waiting: async (orderId) =>
      tables.outbox.filter(({ subject, sentAt }) => subject === orderId && sentAt === null).length,
    close: async () => undefined,
  };
}

function contract(open: () => Promise<Opened>): void {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  const draft = (): OrderDraft => {
    const drafted = draftOrder(CATALOGUE, {
      lines: [{ productId: PRODUCTS[0]?.id ?? "", quantity: 2 }],
      method: "qr",
      deviceId: null,
      channel: "phone",
      customerId: newId(),
      sessionId: null,
      placedBy: newId(),
      placedAs: "customer",
      serviceMode: "dine_in",
      customerName: null,
      tableLabel: null,
      priority: false,
      now: new Date(),
      expiresInSeconds: 900,
      newId,
    });
    if (!drafted.ok) throw new Error(drafted.refusal.code);
    return drafted.value;
  };
  const keyed = (key: string) => ({ scope: "a guest", key, fingerprint: "f" });
  const placed = async (order = draft()): Promise<Order> => {
    await opened.store.place({ order, placedAs: "customer", key: null, traceparent: null });
    const read = await opened.store.load(order.id);
    if (read === null) throw new Error("it is not there");
    return read;
  };
  const cancelled = (order: Order) => {
    const changed = changeStatus(order, { to: "cancelled", actor: { role: "admin", id: newId() }, now: new Date() });
    if (!changed.ok || changed.value === null) throw new Error("it may be cancelled");
    return changed.value;
  };
  const none = { traceparent: null };

  it("when an order is placed, then it is read back with every field, and its wish for a charge waits", async () => {
    const order = draft();
    const { number } = await opened.store.place({ order, placedAs: "customer", key: null, traceparent: null });
    expect(await opened.store.load(order.id)).toEqual({ ...order, number });
    expect(await opened.waiting(order.id)).toBe(1);
    expect(await opened.store.tracking(order.id)).toMatchObject([{ status: "requested", by: "customer" }]);
  });

  it("when a key comes again, at once or later, then one order is written and the others are told", async () => {
    const key = keyed(newId());
    const drafts = Array.from({ length: 10 }, draft);
    const answers = await Promise.all(
      drafts.map((order) => opened.store.place({ order, placedAs: "customer", key, traceparent: null })),
    );
    expect(answers.filter(({ number }) => number !== null)).toHaveLength(1);
    const read = await Promise.all(drafts.map(({ id }) => opened.store.load(id)));
    expect(read.filter((order) => order !== null)).toHaveLength(1);
    const seen = await opened.store.requests.find({ ...key, route: PLACE_ROUTE });
    expect(seen).toMatchObject({ fingerprint: "f", answer: null, orderId: read.find((order) => order !== null)?.id });
  });

  it("when many orders are placed, then no number is given twice", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        opened.store.place({ order: draft(), placedAs: "customer", key: null, traceparent: null }),
      ),
    );
    expect(new Set(answers.map(({ number }) => number)).size).toBe(20);
  });

  it("when ten change one version at once, then one wins and its events are there", async () => {
    const order = await placed();
    const won = await Promise.all(Array.from({ length: 10 }, () => opened.store.save(cancelled(order), none)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await opened.store.load(order.id)).toMatchObject({ status: "cancelled", version: 2 });
    expect(await opened.waiting(order.id)).toBe(2);
  });

  it("when payment has answered, then the wish is taken back and an older word of a charge changes nothing", async () => {
    const order = await placed();
    const [charge] = order.charges;
    if (charge === undefined) throw new Error("it has a charge");
    const told = { ...charge, orderId: order.id, status: "pending", qrCode: "a code", version: 3 } as const;
    const change = settle(order, told, new Date());
    if (change === null) throw new Error("it is news");
    expect(await opened.store.save(change, { ...none, answered: [charge.paymentId] })).toBe(true);
    expect(await opened.waiting(order.id)).toBe(0);
    const present = await opened.store.load(order.id);
    expect(present?.charges).toMatchObject([{ status: "pending", qrCode: "a code", version: 3 }]);
    if (present === null) throw new Error("it is there");
    const stale = { ...charge, status: "failed", version: 2 } as const;
    const back = { before: present, order: { ...present, charges: [stale], version: 3 }, feed: [], wishes: [] };
    expect(await opened.store.save(back, none)).toBe(true);
    expect((await opened.store.load(order.id))?.charges).toMatchObject([{ status: "pending", version: 3 }]);
  });

  it("when an event comes again, at once or later, then its effect is written once", async () => {
    const order = await placed();
    let effects = 0;
    const receive = (event: { consumer: string; eventId: string }) =>
      opened.store.receiveOnce(event, async (records) => {
        const present = await records.load(order.id);
        if (present?.status !== "requested") return;
        effects += 1;
        expect(await records.save(cancelled(present), none)).toBe(true);
        expect((await records.load(order.id))?.status).toBe("cancelled");
        expect((await records.tracking(order.id)).at(-1)?.status).toBe("cancelled");
      });
    const event = { consumer: "order", eventId: newId() };
    await Promise.all([receive(event), receive(event), receive(event)]);
    await receive(event);
    expect(effects).toBe(1);
  });

  it("when an effect throws, then neither it nor the note is there, and others saw nothing of it", async () => {
    const order = await placed();
    const event = { consumer: "order", eventId: newId() };
    const failed = opened.store.receiveOnce(event, async (records) => {
      await records.save(cancelled(order), none);
      expect((await opened.store.load(order.id))?.status).toBe("requested");
      throw new Error("for the test");
    });
    await expect(failed).rejects.toThrow("for the test");
    expect((await opened.store.load(order.id))?.status).toBe("requested");
    let wasRun = false;
    await opened.store.receiveOnce(event, async () => {
      wasRun = true;
    });
    expect(wasRun).toBe(true);
  });

  it("when a transaction has written an order, then another writer waits for its end and finds the order changed", async () => {
    const order = await placed();
    const written = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const first = opened.store.receiveOnce({ consumer: "order", eventId: newId() }, async (records) => {
      await records.save(cancelled(order), none);
      written.resolve();
      await mayEnd.promise;
    });
    await written.promise;
    const second = opened.store.save(cancelled(order), none);
    const isEarly = await Promise.race([
      second.then(() => true),
      new Promise((resolve) => setTimeout(resolve, 50, false)),
    ]);
    expect(isEarly).toBe(false);
    mayEnd.resolve();
    await first;
    expect(await second).toBe(false);
  });

  it("when a request is kept, taken over or forgotten, then each happens once", async () => {
    const { requests } = opened.store;
    const { id } = await placed();
    const request = { ...keyed(newId()), route: "cancel", orderId: id };
    const begun = await Promise.all(Array.from({ length: 5 }, () => requests.begin(request)));
    expect(begun.filter(Boolean)).toHaveLength(1);
    expect(await requests.takeOver(request, 15)).toBe(false);
    await requests.keepAnswer(request, { first: 1 });
    await requests.keepAnswer(request, { second: 2 });
    await requests.forget(request);
    expect(await requests.find(request)).toMatchObject({ answer: { first: 1 }, orderId: id });
    const other = { ...request, key: newId() };
    await requests.begin(other);
    await requests.forget(other);
    expect(await requests.find(other)).toBeNull();
  });

  it("when orders wait too long for money, then they are found, the longest waiting first", async () => {
    const late = (seconds: number): OrderDraft => ({ ...draft(), expiresAt: new Date(Date.now() - seconds * 1000) });
    const [old, older] = [await placed(late(10)), await placed(late(20))];
    const found = await opened.store.findExpired(new Date(), 100);
    expect(found.slice(0, 2)).toEqual([older.id, old.id]);
    expect(await opened.store.findUnclaimed(new Date(), 100)).toEqual([]);
  });
}
