import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { createTestDatabase, freePort } from "@comanda/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { createPool, migrate } from "../src/index.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const createOrders = "create table orders (id integer primary key);";
const addNote = "alter table orders add column note text;";

function migrationsOf(files: Record<string, string>): string {
  const directory = join(temporaryDirectory(), "migrations");
  mkdirSync(directory);
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(directory, name), sql);
  return directory;
}

async function emptyDatabase() {
  const database = await createTestDatabase({ migrations: migrationsOf({}) });
  onTestFinished(() => database.drop());
  return database;
}

describe("migrate", () => {
  test("when the database is empty, then every file is applied in order, and a second run applies nothing", async () => {
    const { pool } = await emptyDatabase();
    const directory = migrationsOf({ "0002_add_note.sql": addNote, "0001_create_orders.sql": createOrders });
    expect(await migrate({ pool, directory })).toEqual(["0001_create_orders.sql", "0002_add_note.sql"]);
    expect(await migrate({ pool, directory })).toEqual([]);
    await pool.query("insert into orders (id, note) values (1, 'sem cebola')");
  });

  // A race: without the advisory lock one of the two fails on a table that exists already.
  test("when two processes start at once, then each migration is applied once and both succeed", async () => {
    const { url } = await emptyDatabase();
    const directory = migrationsOf({ "0001_create_orders.sql": `${createOrders} select pg_sleep(0.2);` });
    const starts = ["first", "second", "third"].map(async (applicationName) => {
      const pool = createPool({ connectionString: url, applicationName, max: 1 });
      onTestFinished(() => pool.end());
      return migrate({ pool, directory });
    });
    const applied = await Promise.all(starts);
    expect(applied.flat()).toEqual(["0001_create_orders.sql"]);
  });

  test("when the server is still coming up, then it is waited for", async () => {
    const { url } = await emptyDatabase();
    const server = new URL(url);
    const port = await freePort();
    const late = new URL(url);
    late.port = String(port);
    late.hostname = "127.0.0.1";
    const pool = createPool({ connectionString: late.href, applicationName: "early", max: 1 });
    onTestFinished(() => pool.end());
    const migrated = migrate({ pool, directory: migrationsOf({ "0001_create_orders.sql": createOrders }) });
    const door = createServer((socket) => {
      const through = connect(Number(server.port), server.hostname);
      socket.pipe(through).pipe(socket);
      for (const end of [socket, through]) end.on("error", () => end.destroy());
    });
    setTimeout(() => door.listen(port, "127.0.0.1"), 500);
    expect(await migrated).toEqual(["0001_create_orders.sql"]);
    door.close();
  });

  test("when an applied file was edited, then it is an error that names the file", async () => {
    const { pool } = await emptyDatabase();
    const directory = migrationsOf({ "0001_create_orders.sql": createOrders });
    await migrate({ pool, directory });
    writeFileSync(join(directory, "0001_create_orders.sql"), `${createOrders} -- edited`);
    await expect(migrate({ pool, directory })).rejects.toThrow("migration 0001_create_orders.sql was edited");
  });

  test("when only the line endings changed, then it is the same migration", async () => {
    const { pool } = await emptyDatabase();
    const directory = migrationsOf({ "0001_create_orders.sql": `${createOrders}\n` });
    await migrate({ pool, directory });
    writeFileSync(join(directory, "0001_create_orders.sql"), `${createOrders}\r\n`);
    expect(await migrate({ pool, directory })).toEqual([]);
  });

  test("when a file fails half way, then nothing of it stays, and what came before does", async () => {
    const { pool } = await emptyDatabase();
    const directory = migrationsOf({
      "0001_create_orders.sql": createOrders,
      "0002_broken.sql": "create table half (id integer); select no_such_function();",
    });
    await expect(migrate({ pool, directory })).rejects.toThrow("migration 0002_broken.sql failed");
    const { rows } = await pool.query("select to_regclass('orders') as orders, to_regclass('half') as half");
    expect(rows).toEqual([{ orders: "orders", half: null }]);
    writeFileSync(join(directory, "0002_broken.sql"), addNote);
    expect(await migrate({ pool, directory })).toEqual(["0002_broken.sql"]);
  });

  test("when the database is newer than the code, then it is an error that names the missing migration", async () => {
    const { pool } = await emptyDatabase();
    const directory = migrationsOf({ "0001_create_orders.sql": createOrders, "0002_add_note.sql": addNote });
    await migrate({ pool, directory });
    rmSync(join(directory, "0002_add_note.sql"));
    await expect(migrate({ pool, directory })).rejects.toThrow(
      "newer than this code: it holds migration 0002_add_note.sql",
    );
  });

  test("when a number is left out or a name is odd, then it is an error before anything is applied", async () => {
    const { pool } = await emptyDatabase();
    const gap = migrationsOf({ "0001_create_orders.sql": createOrders, "0003_add_note.sql": addNote });
    await expect(migrate({ pool, directory: gap })).rejects.toThrow("0003_add_note.sql should carry number 2");
    const odd = migrationsOf({ "create-orders.sql": createOrders });
    await expect(migrate({ pool, directory: odd })).rejects.toThrow("create-orders.sql is not named like");
  });
});
