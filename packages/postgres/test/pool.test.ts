import { createTestDatabase, freePort, waitFor } from "@comanda/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { createDatabase, createPool, databaseIsReachable, isTransient, isUniqueViolation } from "../src/index.ts";

const migrations = new URL("./fixtures/migrations", import.meta.url).pathname;

async function openDatabase() {
  const database = await createTestDatabase({ migrations });
  onTestFinished(() => database.drop());
  return database;
}

describe("createPool", () => {
  test("when an int8, a timestamptz and a date are read, then they are a number, a Date and text", async () => {
    const { pool } = await openDatabase();
    const { rows } = await pool.query(
      "select 9007199254740991::int8 as cents, '2026-03-14T12:00:00.123-03:00'::timestamptz as at, '2026-03-14'::date as day",
    );
    expect(rows).toEqual([
      { cents: 9_007_199_254_740_991, at: new Date("2026-03-14T15:00:00.123Z"), day: "2026-03-14" },
    ]);
  });

  test("when an int8 is no safe integer, then reading it fails instead of rounding", async () => {
    const { pool } = await openDatabase();
    await expect(pool.query("select 9007199254740993::int8 as cents")).rejects.toThrow("not a safe integer");
  });

  // Regression: an idle connection cut by the server ends a process whose pool has no error listener (57P01).
  test("when every connection is cut, idle and in a transaction, then the pool says so and serves the next query", async () => {
    const { url, pool: admin } = await openDatabase();
    const warnings: string[] = [];
    const log = { warn: (_details: object, message: string) => warnings.push(message) };
    const pool = createPool({ connectionString: url, applicationName: "cut", max: 2, log });
    onTestFinished(() => pool.end());
    const inTransaction = await pool.connect();
    await inTransaction.query("begin");
    await pool.query("select 1");
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut'");
    await waitFor(() => warnings.length > 0, { description: "the warning about the cut connection" });
    const failure = await inTransaction.query("select 1").catch((error: unknown) => error);
    expect(isTransient(failure)).toBe(true);
    inTransaction.release(true);
    expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  });

  test("when a statement runs past its time, then the server ends it, and that is not transient", async () => {
    const { url } = await openDatabase();
    const pool = createPool({ connectionString: url, applicationName: "slow", statementTimeoutMs: 100 });
    onTestFinished(() => pool.end());
    const failure = await pool.query("select pg_sleep(5)").catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "57014" });
    expect(isTransient(failure)).toBe(false);
  });
});

describe("errors by SQLSTATE", () => {
  test("when a unique constraint is violated, then it is recognised by its name", async () => {
    const { pool } = await openDatabase();
    await pool.query("insert into products (id, name) values (1, 'X-Salada')");
    const failure = await pool.query("insert into products (id, name) values (2, 'X-Salada')").catch((error) => error);
    expect(isUniqueViolation(failure)).toBe(true);
    expect(isUniqueViolation(failure, "products_name_key")).toBe(true);
    expect(isUniqueViolation(failure, "products_pkey")).toBe(false);
    expect(isUniqueViolation(new Error("23505"))).toBe(false);
  });

  test("when two transactions wait for each other, then the loser's error is transient", async () => {
    const { pool } = await openDatabase();
    await pool.query("insert into products (id, name) values (1, 'Suco'), (2, 'Café')");
    const one = await pool.connect();
    const two = await pool.connect();
    await one.query("begin; update products set name = 'a' where id = 1");
    await two.query("begin; update products set name = 'b' where id = 2");
    const results = await Promise.allSettled([
      one.query("update products set name = 'c' where id = 2"),
      two.query("update products set name = 'd' where id = 1"),
    ]);
    for (const client of [one, two]) client.release(true);
    const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(failures.map((failure) => isTransient(failure))).toEqual([true]);
  });

  test("when nobody listens, then the error is transient and the database is not reachable", async () => {
    const connectionString = `postgresql://postgres:x@127.0.0.1:${await freePort()}/none`;
    const pool = createPool({ connectionString, applicationName: "nobody" });
    onTestFinished(() => pool.end());
    const failure = await pool.query("select 1").catch((error: unknown) => error);
    expect(isTransient(failure)).toBe(true);
    expect(isTransient(new Error("a bug"))).toBe(false);
    expect(await databaseIsReachable(pool, 500)).toBe(false);
  });
});

describe("createDatabase", () => {
  test("when a table is described, then Kysely reads and writes it over the pool", async () => {
    const { pool } = await openDatabase();
    const database = createDatabase<{ products: { id: number; name: string } }>(pool);
    await database.insertInto("products").values({ id: 7, name: "Coxinha" }).execute();
    const product = await database.selectFrom("products").selectAll().executeTakeFirst();
    expect(product).toEqual({ id: 7, name: "Coxinha" });
    expect(await databaseIsReachable(pool, 1_000)).toBe(true);
  });
});
