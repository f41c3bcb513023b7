import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { verifyTrail } from "@comanda/audit";
import { startMongoServer } from "@comanda/testing/mongo";
import { type CommandStartedEvent, MongoClient } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import { openMongoChargeStore } from "../../src/storage/mongo-charge-store.ts";
import { aCharge, anEvent, nextOf } from "./build-charge.ts";
import { chargeStoreContract } from "./contract.ts";
import { startCuttableProxy } from "./cuttable-proxy.ts";
import type { TestStore } from "./store-harness.ts";

const server = await startMongoServer();

// An outage should fail a test's operation soon.
const patience = { patienceMs: 1_000 };

describe.skipIf(server === null)("the MongoDB store of charges", () => {
  afterAll(() => server?.stop());
  chargeStoreContract({ open, form: "mongodb" });

  // Reliability PA-24: money that only one server's memory knows of is money lost with that server.
  it("when anything is written or read, then by majority and journal, from the primary", async () => {
    const commands: CommandStartedEvent[] = [];
    const uri = uriOfNewDatabase();
    const store = await openMongoChargeStore(uri, { ...patience, onCommand: (event) => commands.push(event) });
    const charge = aCharge({ unsent: [anEvent(), anEvent()], nextCheckAt: new Date(0) });
    await store.insert(charge);
    await store.replace(nextOf(charge), 1);
    await store.claimDue({ now: new Date(), limit: 1, leaseMs: 1 });
    for (const event of await store.outbox.claim({ limit: 1, leaseMs: 60_000 })) {
      await store.outbox.settle(event, { outcome: "park", reason: "for the test" });
      await store.outbox.retryParked(event.id);
    }
    await store.purge({ days: 1 });
    const run = { id: charge.id, day: "2026-03-10", trigger: "daily", key: "k", requestedAt: new Date() } as const;
    await store.reconciliations.request(run);
    const attempt = await store.reconciliations.claim({ leaseMs: 60_000 });
    if (attempt !== null) await store.reconciliations.settle(attempt, { kind: "failed", reason: "for the test" });
    await store.close();
    const of = (...names: string[]) => commands.filter(({ commandName }) => names.includes(commandName));
    const writes = of("insert", "update", "delete", "findAndModify");
    expect(writes.map(({ command }) => command["writeConcern"])).toEqual(
      writes.map(() => ({ w: "majority", j: true })),
    );
    const reads = of("find");
    expect(reads.map(({ command }) => command["readConcern"]?.level)).toEqual(reads.map(() => "majority"));
    expect(new Set(commands.map(({ commandName }) => commandName))).toEqual(
      new Set(["createIndexes", "insert", "find", "update", "delete", "endSessions"]),
    );
    const preferences = commands.map(({ command }) => command["$readPreference"]?.mode ?? "primary");
    expect(new Set(preferences)).toEqual(new Set(["primary"]));
    expect(writes.length).toBeGreaterThanOrEqual(10);
  });

  // MongoDB computes nothing out of the text: what a row is found by is only what somebody wrote there.
  it.each(["actorId", "targetId", "action", "outcome", "at"])(
    "when a row of the audit trail is hidden from whoever searches by its %s, then the verifier names it",
    async (field) => {
      const uri = uriOfNewDatabase();
      const store = await openMongoChargeStore(uri, patience);
      for (const action of ["receive-at-counter", "refund-charge"]) {
        const actor = { id: randomBytes(8).toString("hex"), role: "admin" };
        const about = { outcome: "ok", target: { kind: "payments", id: "p1" }, details: {} } as const;
        const from = { id: action, at: new Date(0), address: null, requestId: null };
        await store.audit.append({ ...from, ...about, action, actor });
      }
      expect(await verifyTrail(store.audit)).toMatchObject({ isIntact: true, rows: 2 });
      const client = new MongoClient(uri);
      await client
        .db()
        .collection("audit_trail")
        .updateOne({ action: "refund-charge" }, { $set: { [field]: "another" } });
      await client.close();
      expect(await verifyTrail(store.audit)).toMatchObject({ isIntact: false, seq: 2, fault: "altered" });
      await store.close();
    },
  );

  it("when the store is opened, then its indexes are there, the unique ones unique", async () => {
    const uri = uriOfNewDatabase();
    await (await openMongoChargeStore(uri, patience)).close();
    const client = new MongoClient(uri);
    const indexes = await client.db().collection("charges").indexes();
    const notices = await client.db().collection("notices").indexes();
    const runs = await client.db().collection("reconciliations").indexes();
    await client.close();
    const unique = [...indexes, ...notices, ...runs].filter((index) => index.unique === true).map(({ name }) => name);
    expect(unique.toSorted()).toEqual([
      "day_slot",
      "dedupe_key",
      "key",
      "open_slot",
      "order_attempt",
      "provider_slot",
      "running_slot",
    ]);
    expect(indexes).toHaveLength(12);
    expect(notices).toHaveLength(4);
    expect(runs).toHaveLength(5);
  });

  it("when the server is asked for its indexes, then they are those that docs/payment-stores.md lists", async () => {
    const uri = uriOfNewDatabase();
    await (await openMongoChargeStore(uri, patience)).close();
    const client = new MongoClient(uri);
    const made: string[] = [];
    for (const { name: collection } of await client.db().listCollections().toArray()) {
      const indexes = await client.db().collection(collection).indexes();
      made.push(...indexes.filter(({ name }) => name !== "_id_").map(({ name }) => `${collection} ${name}`));
    }
    await client.close();
    const docs = readFileSync(join(import.meta.dirname, "../../../../docs/payment-stores.md"), "utf8");
    const rows = docs.matchAll(/^\| `(\w+)` \| `(\w+)` \| `/gm);
    const listed = [...rows].map(([, collection, name]) => `${collection} ${name}`);
    expect(listed.toSorted()).toEqual(made.toSorted());
  });

  it("when a charge that cannot be written is gathered with good ones, then it fails alone", async () => {
    const { store, close } = await open();
    const good = Array.from({ length: 8 }, (_, index) => aCharge(index % 2 === 0 ? { unsent: [anEvent()] } : {}));
    // A document of MongoDB has at most 16 MB.
    const bad = aCharge({ description: "x".repeat(17_000_000) });
    const results = await Promise.allSettled([...good, bad].map((charge) => store.insert(charge)));
    expect(results.map(({ status }) => status)).toEqual([...good.map(() => "fulfilled"), "rejected"]);
    for (const charge of good) expect(await store.get(charge.id)).toStrictEqual(charge);
    await close();
  });

  // `isMongoAway` in app.ts knows them by these names, and so answers 503.
  it("when the server goes away under gathered writes, then each is told that it is away", async () => {
    const { store, cut, close } = await open();
    await store.ping();
    cut();
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => store.insert(aCharge())));
    const names = results.map((result) => (result.status === "rejected" ? String(result.reason) : "written"));
    expect(names).toEqual(names.map(() => expect.stringMatching(/^Mongo(Network|ServerSelection|Pool)/)));
    await close();
  });

  it("when no server answers, then opening fails in time", async () => {
    const uri = "mongodb://127.0.0.1:1/none";
    await expect(openMongoChargeStore(uri, { patienceMs: 200 })).rejects.toThrow(/ECONNREFUSED/);
  });
});

function uriOfNewDatabase(): string {
  if (server === null) throw new Error("there is no server, and the suite should have been skipped");
  return server.uri(`test_${randomBytes(8).toString("hex")}`);
}

async function open(): Promise<TestStore> {
  if (server === null) throw new Error("there is no server, and the suite should have been skipped");
  const name = `test_${randomBytes(8).toString("hex")}`;
  const proxy = await startCuttableProxy(server);
  const uri = server.uri(name, { host: "127.0.0.1", port: proxy.port });
  // Two processes that start at once on an empty database both make its indexes.
  const [store, other] = await Promise.all([1, 2].map(() => openMongoChargeStore(uri, patience)));
  if (store === undefined || other === undefined) throw new Error("two were opened");
  const client = new MongoClient(server.uri(name));
  const db = client.db(name);
  return {
    store,
    other,
    cut: proxy.cut,
    restore: proxy.restore,
    clear: async () => {
      await db.collection("charges").deleteMany({});
      await db.collection("notices").deleteMany({});
      await db.collection("points_of_sale").deleteMany({});
      await db.collection("reconciliations").deleteMany({});
      await db.collection("charge_upgrades").deleteMany({});
      await db.collection("tallies").deleteMany({});
    },
    overwriteDocument: async (id, document) => {
      await db.collection<{ _id: string }>("charges").updateOne({ _id: id }, { $set: { charge: document } });
    },
    readDocument: async (id) =>
      (await db.collection<{ _id: string; charge: unknown }>("charges").findOne({ _id: id }))?.charge,
    close: async () => {
      await Promise.all([store.close(), other.close()]);
      await proxy.close();
      await db.dropDatabase();
      await client.close();
    },
  };
}
