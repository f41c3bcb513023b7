import { join } from "node:path";
import { createPool } from "@comanda/postgres";
import { createTestDatabase } from "@comanda/testing";
import { describe, expect, it } from "vitest";
import { createPostgresChargeStore } from "../../src/storage/postgres-charge-store.ts";
import { aCharge, anEvent } from "./build-charge.ts";
import { chargeStoreContract } from "./contract.ts";
import { aNotice } from "./contract-of-notices.ts";
import { startCuttableProxy } from "./cuttable-proxy.ts";
import type { TestStore } from "./store-harness.ts";

const migrations = join(import.meta.dirname, "../../migrations");

describe("the PostgreSQL store of charges", () => {
  chargeStoreContract({ open, form: "postgres" });

  it("when a charge that cannot be written is gathered with good ones, then it fails alone", async () => {
    const { store, close } = await open();
    const good = Array.from({ length: 8 }, (_, index) => aCharge(index % 2 === 0 ? { unsent: [anEvent()] } : {}));
    const bad = aCharge({ customerId: "nobody's id" });
    const results = await Promise.allSettled([...good, bad].map((charge) => store.insert(charge)));
    expect(results.map(({ status }) => status)).toEqual([...good.map(() => "fulfilled"), "rejected"]);
    for (const charge of good) expect(await store.get(charge.id)).toStrictEqual(charge);
    await close();
  });

  it("when a notice that cannot be written is gathered with good ones, then it fails alone", async () => {
    const { store, close } = await open();
    const good = Array.from({ length: 8 }, () => aNotice());
    const bad = aNotice({ topic: "a text with \0 in it" });
    const results = await Promise.allSettled([...good, bad].map((notice) => store.notices.store(notice)));
    expect(results.map(({ status }) => status)).toEqual([...good.map(() => "fulfilled"), "rejected"]);
    expect(await store.notices.claim({ limit: 100, leaseMs: 60_000 })).toHaveLength(8);
    await close();
  });

  // ADR 0004: seven days, in every outbox; MongoDB holds no event that was sent.
  it("when an event was sent seven days ago, then it is forgotten, and a notice of the same day is not", async () => {
    const database = await createTestDatabase({ migrations });
    const store = createPostgresChargeStore(database.pool);
    const [late, early] = [anEvent(), anEvent()];
    const notice = aNotice();
    await store.insert(aCharge({ unsent: [late, early] }));
    await store.notices.store(notice);
    await database.pool.query(`update outbox set sent_at = now() - interval '6 days 23 hours' where id = $1`, [
      late.id,
    ]);
    await database.pool.query(`update outbox set sent_at = now() - interval '7 days 1 hour' where id = $1`, [early.id]);
    await database.pool.query(`update notices set done_at = now() - interval '8 days'`);
    await store.purge({ days: 14 });
    expect((await database.pool.query("select id from outbox")).rows).toEqual([{ id: late.id }]);
    expect(await store.notices.listByIds([notice.id])).toHaveLength(1);
    await store.close();
    await database.drop();
  });
});

async function open(): Promise<TestStore> {
  const database = await createTestDatabase({ migrations });
  const address = new URL(database.url);
  const proxy = await startCuttableProxy({ host: address.hostname, port: Number(address.port) });
  address.host = `127.0.0.1:${proxy.port}`;
  const pools = [1, 2].map(() =>
    createPool({ connectionString: address.href, applicationName: "comanda-payment-test" }),
  );
  const [store, other] = pools.map(createPostgresChargeStore);
  if (store === undefined || other === undefined) throw new Error("two pools make two stores");
  return {
    store,
    other,
    cut: proxy.cut,
    restore: proxy.restore,
    clear: async () => {
      await database.pool.query(
        "truncate charges, outbox, notices, points_of_sale, reconciliations, charge_upgrades, tallies",
      );
    },
    overwriteDocument: async (id, document) => {
      await database.pool.query("update charges set document = $2::json where id = $1", [id, JSON.stringify(document)]);
    },
    readDocument: async (id) =>
      (await database.pool.query("select document from charges where id = $1", [id])).rows[0]?.document,
    close: async () => {
      await Promise.all([store.close(), other.close()]);
      await proxy.close();
      await database.drop();
    },
  };
}
