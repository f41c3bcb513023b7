import { createDatabase } from "@comanda/postgres";
import { newId } from "@comanda/primitives";
import { createTestDatabase, type TestDatabase } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Order } from "../src/domain/order.ts";
import { type FeedPage, readFeed, readFeedEnd } from "../src/storage/order-feed.ts";
import { createOrderFeed } from "../src/storage/order-feed-reader.ts";
import type { OrderTables } from "../src/storage/schema.ts";
import { migrations } from "./harness.ts";
import { eventually } from "./streams.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ migrations });
});
afterAll(() => database.drop());

// Another writer of this database may hold rows back for a moment; so these wait.
async function readAll(from: Parameters<typeof readFeed>[1], count: number): Promise<FeedPage> {
  const db = createDatabase<OrderTables>(database.pool);
  return eventually(async () => {
    const page = await readFeed(db, from);
    return page.rows.length >= count ? page : null;
  });
}

const INSERT =
  "insert into order_feed (order_id, kind, status, by, at) values ($1, 'status', 'paid', 'payment', now())";

describe("read the order feed", () => {
  // The reason for (tx, id): a reader that goes by id alone skips what got its id early and was committed late.
  it("when a transaction commits late, then nothing behind it is told before, and nothing of it is skipped", async () => {
    const db = createDatabase<OrderTables>(database.pool);
    const after = await readFeedEnd(db);
    const [slow, quick] = [newId(), newId()];
    const client = await database.pool.connect();
    await client.query("begin");
    await client.query(INSERT, [slow]);
    await database.pool.query(INSERT, [quick]);

    const early = await readFeed(db, { after, limit: 10 });
    expect(early).toEqual({ rows: [], hasUnsettled: true });
    await client.query("commit");
    client.release();
    const late = await readAll({ after, limit: 10 }, 2);
    expect(late.rows.map(({ orderId }) => orderId)).toEqual([slow, quick]);
    expect(late.hasUnsettled).toBe(false);
  });

  // A server is shared: somebody who loads another database must not hold the kitchen's screen back.
  it("when somebody writes for long in another database of the server, then nothing is held back", async () => {
    const db = createDatabase<OrderTables>(database.pool);
    const other = await createTestDatabase({ migrations });
    const client = await other.pool.connect();
    try {
      const after = await readFeedEnd(db);
      await client.query("begin");
      await client.query("select pg_current_xact_id()");
      const id = newId();
      await database.pool.query(INSERT, [id]);
      const { rows, hasUnsettled } = await readFeed(db, { after, limit: 10 });
      expect(rows.map(({ orderId }) => orderId)).toEqual([id]);
      expect(hasUnsettled).toBe(false);
    } finally {
      await client.query("rollback");
      client.release();
      await other.drop();
    }
  });

  it("when a transaction is rolled back, then the others are told", async () => {
    const db = createDatabase<OrderTables>(database.pool);
    const after = await readFeedEnd(db);
    const client = await database.pool.connect();
    await client.query("begin");
    await client.query(INSERT, [newId()]);
    const quick = newId();
    await database.pool.query(INSERT, [quick]);
    await client.query("rollback");
    client.release();
    const { rows } = await readAll({ after, limit: 10 }, 1);
    expect(rows.map(({ orderId }) => orderId)).toEqual([quick]);
  });

  // Transaction ids are numbers, however the driver hands them over.
  it("when the number of a transaction grows by a digit, then the order is kept", async () => {
    const db = createDatabase<OrderTables>(database.pool);
    const after = { tx: 8n, id: 0n };
    const ids = new Map([9, 10, 99, 100].map((tx) => [tx, newId()]));
    for (const [tx, id] of ids) {
      await database.pool.query(
        "insert into order_feed (tx, order_id, kind, status, by, at) values ($1::text::xid8, $2, 'status', 'paid', 'clock', now())",
        [tx, id],
      );
    }
    const { rows } = await readFeed(db, { after, limit: 4 });
    expect(rows.map(({ orderId }) => orderId)).toEqual([...ids.values()]);
  });

  it("when read page by page, for all or for one order, then every row comes once", async () => {
    const db = createDatabase<OrderTables>(database.pool);
    let after = await readFeedEnd(db);
    const begin = after;
    const ids = Array.from({ length: 7 }, () => newId());
    for (const id of ids) await database.pool.query(INSERT, [id]);
    await readAll({ after, limit: 7 }, 7);
    const seen: string[] = [];
    for (;;) {
      const { rows } = await readFeed(db, { after, limit: 3 });
      if (rows.length === 0) break;
      seen.push(...rows.map(({ orderId }) => orderId));
      after = rows.at(-1)?.position ?? after;
    }
    expect(seen).toEqual(ids);
    const [one] = ids;
    const own = await readFeed(db, { after: begin, limit: 3, orderId: one });
    expect(own.rows.map(({ orderId }) => orderId)).toEqual([one]);
  });
});

describe("tell the order feed", () => {
  it("when it is woken, then it looks at once; when nobody listens, then not at all", async () => {
    const db = createDatabase<OrderTables>(database.pool);
    const loads: string[][] = [];
    const loadOrders = async (ids: readonly string[]) => {
      loads.push([...ids]);
      // The reader hands orders on and looks at nothing but their ids.
      return ids.map((id) => ({ id }) as Order);
    };
    const feed = createOrderFeed({ db, loadOrders, log: { warn: () => undefined }, pollMs: 3_600_000 });
    await database.pool.query(INSERT, [newId()]);
    feed.wake();

    const heard: string[] = [];
    const { ready, stop } = feed.subscribe(({ order }) => heard.push(order.id));
    await ready;
    const [one, two, three] = [newId(), newId(), newId()];
    for (const id of [one, two]) {
      await database.pool.query(INSERT, [id]);
      feed.wake();
      await eventually(() => heard.includes(id));
    }
    expect(heard).toEqual([one, two]);
    stop();
    await database.pool.query(INSERT, [three]);
    feed.wake();
    await feed.stop();
    expect(loads.flat()).not.toContain(three);
  });

  it("when the database fails for a moment, then nothing is lost", async () => {
    const db = createDatabase<OrderTables>(database.pool);
    let failures = 0;
    const heard: string[] = [];
    const feed = createOrderFeed({
      db,
      log: { warn: () => undefined },
      loadOrders: async (ids) => {
        failures += 1;
        if (failures <= 2) throw new Error("connection lost");
        return ids.map((id) => ({ id }) as Order); // as above
      },
    });
    const { ready } = feed.subscribe(({ order }) => heard.push(order.id));
    await ready;
    const id = newId();
    await database.pool.query(INSERT, [id]);
    await eventually(() => heard.length > 0);
    expect(heard).toEqual([id]);
    await feed.stop();
  });
});
