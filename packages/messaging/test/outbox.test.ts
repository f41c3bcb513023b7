import { createDatabase } from "@comanda/postgres";
import { newId } from "@comanda/primitives";
import { createTestDatabase, type TestDatabase, waitFor } from "@comanda/testing";
import type { Kysely } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createPostgresOutbox,
  createRelay,
  noteReceived,
  type OutboxStore,
  sayEvent,
  type Transport,
  withdrawEvent,
} from "../src/index.ts";

type NoTables = Record<never, never>;
let database: TestDatabase;
let db: Kysely<NoTables>;
let outbox: OutboxStore;
const log = { warn: () => undefined, error: () => undefined };

beforeAll(async () => {
  database = await createTestDatabase({ migrations: "packages/messaging/sql" });
  db = createDatabase<NoTables>(database.pool);
  outbox = createPostgresOutbox(db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query("truncate outbox, inbox");
});

const say = (subject: string, data: unknown = {}, availableAt?: Date) =>
  sayEvent(db, {
    type: "comanda.order.paid",
    subject,
    data,
    traceparent: null,
    ...(availableAt === undefined ? {} : { availableAt }),
  });
const claim = (limit = 100) => outbox.claim({ limit, leaseMs: 60_000 });
const retry = (retryInMs: number) => ({ outcome: "retry", reason: "away", retryInMs }) as const;

describe("outbox", () => {
  it("when an effect is undone, then its event was never said", async () => {
    await expect(
      db.transaction().execute(async (tx) => {
        await sayEvent(tx, { type: "comanda.order.paid", subject: newId(), data: {}, traceparent: null });
        throw new Error("undone");
      }),
    ).rejects.toThrow("undone");
    expect(await claim()).toEqual([]);
  });

  it("when a subject has several events, then they are claimed one after the other, oldest first", async () => {
    const subject = newId();
    for (const step of [1, 2, 3]) await say(subject, { step });
    for (const step of [1, 2, 3]) {
      const events = await claim();
      expect(events.map((event) => event.data)).toEqual([{ step }]);
      expect(await claim()).toEqual([]);
      for (const event of events) await outbox.settle(event, { outcome: "done" });
    }
    expect(await claim()).toEqual([]);
  });

  it("when a relay dies with events in hand, then they are claimed again after the lease", async () => {
    await say(newId());
    expect(await outbox.claim({ limit: 1, leaseMs: 0 })).toHaveLength(1);
    const again = await waitFor(async () => {
      const events = await claim();
      return events.length > 0 ? events : null;
    });
    expect(again[0]?.attempts).toBe(2);
  });

  it("when an event is to be said later, then it waits, and can be withdrawn", async () => {
    const subject = newId();
    await say(subject, {}, new Date(Date.now() + 60_000));
    expect(await claim()).toEqual([]);
    expect(await outbox.oldestWaitingSeconds()).toBe(0);
    await withdrawEvent(db, { type: "comanda.order.paid", subject });
    await database.pool.query("update outbox set available_at = now()");
    expect(await claim()).toEqual([]);
  });

  it("when an event is parked, then it is listed with its reason and can be sent again", async () => {
    await say(newId());
    const [event] = await claim();
    if (event === undefined) throw new Error("nothing was claimed");
    await outbox.settle(event, { outcome: "park", reason: "no shape" });
    expect(await claim()).toEqual([]);
    expect(await outbox.listParked(10)).toMatchObject([{ id: event.id, reason: "no shape", attempts: 1 }]);
    expect(await outbox.retryParked(event.id)).toBe(true);
    expect(await outbox.retryParked(event.id)).toBe(false);
    expect(await claim()).toHaveLength(1);
  });

  it("when a delivery failed, then it comes again, not before its time", async () => {
    await say(newId());
    const [event] = await claim();
    if (event === undefined) throw new Error("nothing was claimed");
    await outbox.settle(event, retry(60_000));
    expect(await claim()).toEqual([]);
    await outbox.settle(event, retry(0));
    expect(await claim()).toHaveLength(1);
  });

  // Trap T7: a cursor over ids skips rows that commit late. Claiming by state must not.
  it("when many writers commit late and out of order, then not one event is skipped", async () => {
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let turn = 0; turn < 25; turn += 1) {
        await db.transaction().execute(async (tx) => {
          await sayEvent(tx, {
            type: "comanda.order.paid",
            subject: newId(),
            data: { writer, turn },
            traceparent: null,
          });
          await new Promise((resolve) => setTimeout(resolve, (writer * 7 + turn * 3) % 11));
        });
      }
    });
    const seen = new Set<string>();
    let isWriting = true;
    const reading = (async () => {
      while (isWriting || seen.size < 200) {
        for (const event of await claim(10)) {
          seen.add(event.id);
          await outbox.settle(event, { outcome: "done" });
        }
      }
    })();
    await Promise.all(writers);
    isWriting = false;
    await reading;
    expect(seen.size).toBe(200);
  });
});

describe("relay", () => {
  it("when the receiver is away at first, then every event arrives, in order for its subject", async () => {
    const arrived: { subject: string; step: unknown }[] = [];
    let calls = 0;
    const transport: Transport = async (events) => {
      calls += 1;
      if (calls % 3 === 1) return new Map(events.map(({ id }) => [id, { outcome: "retry", reason: "away" }]));
      for (const event of events) arrived.push({ subject: event.subject, step: event.data });
      return new Map(events.map(({ id }) => [id, { outcome: "done" }]));
    };
    const subjects = Array.from({ length: 5 }, newId);
    for (const step of [1, 2, 3]) for (const subject of subjects) await say(subject, step);
    const relay = createRelay({ outbox, transport, log, pollMs: 20 });
    relay.start();
    await waitFor(() => arrived.length >= 15, { timeoutMs: 20_000, description: "all events" });
    await relay.stop();
    for (const subject of subjects) {
      expect(arrived.filter((event) => event.subject === subject).map((event) => event.step)).toEqual([1, 2, 3]);
    }
  });

  it("when it is woken, then it does not wait for its round", async () => {
    let arrived = 0;
    const transport: Transport = async (events) => {
      arrived += events.length;
      return new Map(events.map(({ id }) => [id, { outcome: "done" }]));
    };
    const relay = createRelay({ outbox, transport, log, pollMs: 3_600_000 });
    relay.start();
    await say(newId());
    relay.wake();
    await waitFor(() => arrived === 1);
    await relay.stop();
  });

  it("when tries run out or the receiver refuses for good, then the event is parked and others go on", async () => {
    const bad = newId();
    const hopeless = newId();
    await say(bad, "bad");
    await say(hopeless, "hopeless");
    await say(newId(), "good");
    const transport: Transport = async (events) =>
      new Map(
        events.map((event) => [
          event.id,
          event.data === "bad"
            ? { outcome: "park", reason: "no shape" }
            : event.data === "hopeless"
              ? { outcome: "retry", reason: "never" }
              : { outcome: "done" },
        ]),
      );
    const relay = createRelay({ outbox, transport, log, pollMs: 10, attemptsMax: 2 });
    relay.start();
    await waitFor(async () => (await outbox.listParked(10)).length === 2, { timeoutMs: 20_000 });
    await relay.stop();
    expect((await outbox.listParked(10)).map(({ subject }) => subject).sort()).toEqual([bad, hopeless].sort());
    expect(await outbox.oldestWaitingSeconds()).toBe(0);
  });

  it("when the store breaks for a while, then the relay goes on afterwards", async () => {
    let isBroken = true;
    const flaky: OutboxStore = {
      ...outbox,
      claim: async (options) => {
        if (isBroken) throw new Error("connection refused");
        return outbox.claim(options);
      },
    };
    let arrived = 0;
    const relay = createRelay({
      outbox: flaky,
      log,
      pollMs: 10,
      transport: async (events) => {
        arrived += events.length;
        return new Map(events.map(({ id }) => [id, { outcome: "done" }]));
      },
    });
    relay.start();
    await say(newId());
    isBroken = false;
    await waitFor(() => arrived === 1);
    await relay.stop();
  });
});

describe("inbox", () => {
  it("when an event comes fifty times at once, then it takes effect once", async () => {
    const eventId = newId();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        db.transaction().execute((tx) => noteReceived(tx, { consumer: "order", eventId })),
      ),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it("when the effect fails, then the event was not received", async () => {
    const eventId = newId();
    await expect(
      db.transaction().execute(async (tx) => {
        await noteReceived(tx, { consumer: "order", eventId });
        throw new Error("effect failed");
      }),
    ).rejects.toThrow();
    expect(await db.transaction().execute((tx) => noteReceived(tx, { consumer: "order", eventId }))).toBe(true);
  });
});
