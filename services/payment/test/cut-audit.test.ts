import { fileURLToPath } from "node:url";
import { verifyTrail } from "@comanda/audit";
import { newId, systemClock } from "@comanda/primitives";
import { createTestDatabase, waitFor } from "@comanda/testing";
import { expect, it } from "vitest";
import { forgetLoop } from "../src/loops.ts";
import { createPostgresChargeStore } from "../src/storage/postgres-charge-store.ts";

const migrations = fileURLToPath(new URL("../migrations", import.meta.url));

it("when entries of payment's trail are older than five years, then what forgets people cuts them off", async () => {
  const database = await createTestDatabase({ migrations });
  const store = createPostgresChargeStore(database.pool);
  for (const at of [new Date("2020-01-02"), new Date("2020-01-03"), new Date()]) {
    const who = { actor: null, target: null, address: null, requestId: null };
    await store.audit.append({ id: newId(), at, action: "refund-charge", outcome: "ok", ...who, details: {} });
  }
  const failures: unknown[] = [];
  const loop = forgetLoop({ store, clock: systemClock }, (error) => failures.push(error));
  loop.start();
  loop.wake();
  await waitFor(async () => (await store.audit.anchor()).seq === 2);
  await loop.stop();
  expect(failures).toEqual([]);
  expect(await verifyTrail(store.audit)).toMatchObject({ isIntact: true, rows: 2, anchor: { seq: 2 } });
  await database.drop();
});
