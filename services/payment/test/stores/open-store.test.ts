import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase } from "@comanda/testing";
import { describe, expect, it } from "vitest";
import { openChargeStore } from "../../src/storage/open-store.ts";
import { aCharge } from "./build-charge.ts";

const log = { info: () => undefined, warn: () => undefined };

describe("openChargeStore", () => {
  it("when a PostgreSQL address is given, then its tables are made and the store works", async () => {
    const noMigrations = mkdtempSync(join(tmpdir(), "comanda-test-no-migrations-"));
    const database = await createTestDatabase({ migrations: noMigrations });
    const store = await openChargeStore({ databaseUrl: database.url, log });
    const charge = aCharge();
    await store.insert(charge);
    expect(await store.get(charge.id)).toStrictEqual(charge);
    await store.close();
    await database.drop();
    rmSync(noMigrations, { recursive: true });
  });

  it("when neither address is given, then it says which variables to set", async () => {
    await expect(openChargeStore({ log })).rejects.toThrow(/MONGODB_URI .* PAYMENT_DATABASE_URL/);
  });

  it("when both are given, then MongoDB is meant", async () => {
    const addresses = { mongodbUri: "mongodb://", databaseUrl: "postgresql://127.0.0.1:1/none" };
    await expect(openChargeStore({ ...addresses, log })).rejects.toThrow(/mongodb|host/i);
  });

  it("when the database cannot be reached, then opening fails", async () => {
    const databaseUrl = "postgresql://postgres@127.0.0.1:1/none";
    await expect(openChargeStore({ databaseUrl, log })).rejects.toThrow(/ECONNREFUSED/);
  });
});
