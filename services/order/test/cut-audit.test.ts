import { createPostgresTrail, verifyTrail } from "@comanda/audit";
import { createDatabase } from "@comanda/postgres";
import { newId, systemClock } from "@comanda/primitives";
import { createTestDatabase } from "@comanda/testing";
import { expect, it } from "vitest";
import type { OrderTables } from "../src/storage/schema.ts";
import { purgeOrdering } from "../src/use-cases/purge-ordering.ts";
import { migrations } from "./harness.ts";

it("when entries of order's trail are older than five years, then its tidying cuts them off", async () => {
  const database = await createTestDatabase({ migrations });
  const db = createDatabase<OrderTables>(database.pool);
  const trail = createPostgresTrail(db);
  for (const at of [new Date("2020-01-02"), new Date("2020-01-03"), new Date()]) {
    const who = { actor: null, target: null, address: null, requestId: null };
    await trail.append({ id: newId(), at, action: "edit-product", outcome: "ok", ...who, details: {} });
  }
  await purgeOrdering({ db, pool: database.pool, clock: systemClock });
  expect(await verifyTrail(trail)).toMatchObject({ isIntact: true, rows: 2, anchor: { seq: 2 } });
  await database.drop();
});
