import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { waitFor } from "@comanda/testing";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { type EmbeddedPostgres, isAlive, runningClusterUrl, startEmbeddedPostgres } from "../src/embedded.ts";
import { leaveServerBehind } from "./leave-server-behind.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const silent = { info: () => {}, warn: () => {} };
const isRoot = process.getuid?.() === 0;

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: silent });
  onTestFinished(() => server.stop());
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function rememberOne(server: EmbeddedPostgres): Promise<void> {
  await server.createDatabaseIfMissing("order");
  await query(server.url("order"), "create table remembered as select 42 as answer");
}

const recall = (server: EmbeddedPostgres) => query(server.url("order"), "select answer from remembered");

describe("startEmbeddedPostgres", () => {
  test("when it runs, then nothing acknowledged can be lost, and only this machine with the password comes in", async () => {
    const server = await start(join(temporaryDirectory(), "postgres"));
    const settings = await query(
      server.url("postgres"),
      `select name, setting from pg_settings where name in
       ('fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'listen_addresses', 'server_encoding') order by name`,
    );
    expect(settings.map(({ name, setting }) => `${name}=${setting}`)).toEqual([
      "data_checksums=on",
      "fsync=on",
      "full_page_writes=on",
      "listen_addresses=127.0.0.1",
      "server_encoding=UTF8",
      "synchronous_commit=on",
    ]);
    const wrong = server.url("postgres").replace(/postgres:[^@]+@/, "postgres:guess@");
    await expect(query(wrong, "select 1")).rejects.toMatchObject({ code: "28P01" });
    expect(await query(server.url("postgres"), "select upper('ção') as upper")).toEqual([{ upper: "ÇÃO" }]);
  });

  test("when it has stopped, then no process is left, the password file is private and the next start has the data", async () => {
    const dataDir = join(temporaryDirectory(), "postgres");
    const first = await start(dataDir);
    await rememberOne(first);
    await rememberOne(first).catch(() => {});
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    expect(statSync(`${dataDir}.password`).mode & 0o777).toBe(0o600);
    expect(existsSync(`${dataDir}.owner`)).toBe(false);
    expect(await recall(await start(dataDir))).toEqual([{ answer: 42 }]);
  });

  test("when the server is killed with -9, then it comes back on the same port with the data", async () => {
    const server = await start(join(temporaryDirectory(), "postgres"));
    await rememberOne(server);
    const before = server.pid;
    process.kill(before, "SIGKILL");
    await waitFor(() => server.pid !== before, { timeoutMs: 10_000, description: "the second server" });
    expect(await waitFor(() => recall(server))).toEqual([{ answer: 42 }]);
  });

  test("when our process was killed with -9, then the next start stops the server it left and has the data", async () => {
    const dataDir = join(temporaryDirectory(), "postgres");
    const first = await start(dataDir);
    await rememberOne(first);
    await first.stop();
    const orphan = await leaveServerBehind(dataDir);
    expect(isAlive(orphan)).toBe(true);
    const next = await start(dataDir);
    expect(isAlive(orphan)).toBe(false);
    expect(await recall(next)).toEqual([{ answer: 42 }]);
  });

  // Two servers on one cluster destroy it.
  test("when the data directory is in use, then the second start says so and touches nothing", async () => {
    const dataDir = join(temporaryDirectory(), "postgres");
    const server = await start(dataDir);
    await rememberOne(server);
    await expect(startEmbeddedPostgres({ dataDir, log: silent })).rejects.toMatchObject({
      fault: "data-directory-in-use",
    });
    expect(await recall(server)).toEqual([{ answer: 42 }]);
  });

  test("when the pid file names a process that is something else, then the start goes on", async () => {
    const dataDir = join(temporaryDirectory(), "postgres");
    await (await start(dataDir)).stop();
    writeFileSync(join(dataDir, "postmaster.pid"), `${process.pid}\n${dataDir}\n0\n5432\n\n127.0.0.1\n 1 1\nready\n`);
    expect(await query((await start(dataDir)).url("postgres"), "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("when the port is taken, then the error says which", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void blocker.close());
    const port = await waitFor(() => Reflect.get(Object(blocker.address()), "port"));
    const dataDir = join(temporaryDirectory(), "postgres");
    const failure = await startEmbeddedPostgres({ dataDir, port, log: silent }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ fault: "port-in-use", message: expect.stringContaining(String(port)) });
  });

  test("when the data directory holds other files, then they are left alone", async () => {
    const dataDir = join(temporaryDirectory(), "photos");
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "beach.jpg"), "sand");
    await expect(startEmbeddedPostgres({ dataDir, log: silent })).rejects.toMatchObject({
      fault: "data-directory-unusable",
    });
    expect(readFileSync(join(dataDir, "beach.jpg"), "utf8")).toBe("sand");
  });

  test.runIf(isRoot)(
    "when root's folder lets nobody in, then the cluster lives elsewhere and a note tells where",
    async () => {
      const closed = temporaryDirectory();
      chmodSync(closed, 0o700);
      const dataDir = join(closed, "postgres");
      const first = await start(dataDir);
      await rememberOne(first);
      await first.stop();
      const [place = ""] = readFileSync(join(dataDir, "MOVED.txt"), "utf8").split("\n");
      onTestFinished(() => rmSync(dirname(place), { recursive: true, force: true }));
      expect(place).toMatch(/^\/var\/lib\/comanda\//);
      expect(await recall(await start(dataDir))).toEqual([{ answer: 42 }]);
    },
  );
});

describe("openTenant", () => {
  const password = "a 'quoted' word: @/?";

  test("when a database is opened for its role, then that role owns it and comes into no other, nor up to anything else", async () => {
    const server = await start(join(temporaryDirectory(), "postgres"));
    const order = await server.openTenant({ name: "order", password });
    const auth = await server.openTenant({ name: "auth", password: "another one" });
    await query(order, "create table dishes as select 1 as id");
    expect(await query(order, "select current_user as me, id from dishes")).toEqual([{ me: "order", id: 1 }]);
    for (const elsewhere of ["auth", "postgres", "template1"]) {
      await expect(query(order.replace(/order$/, elsewhere), "select 1")).rejects.toMatchObject({ code: "42501" });
    }
    await expect(query(auth.replace(/auth$/, "order"), "select 1")).rejects.toMatchObject({ code: "42501" });
    for (const more of [
      "create role helper",
      "create database mine",
      "alter role auth password 'known'",
      'alter role "order" superuser',
      "set session_replication_role = replica",
      "copy dishes to program 'true'",
      "select pg_read_file('postgresql.conf')",
      "select rolpassword from pg_authid",
    ]) {
      await expect(query(order, more), more).rejects.toMatchObject({ code: "42501" });
    }
  });

  test("when everything was the administrator's before, then the role is handed all of it, and goes on with it", async () => {
    const server = await start(join(temporaryDirectory(), "postgres"));
    await server.createDatabaseIfMissing("order");
    await query(
      server.url("order"),
      `create type mood as enum ('calm', 'busy');
       create table remembered (id bigint generated always as identity primary key, number serial, at mood default 'busy');
       create sequence free; create view seen as select * from remembered;
       create function answer() returns int language sql as 'select 42';
       insert into remembered default values`,
    );
    const order = await server.openTenant({ name: "order", password });
    expect(await server.openTenant({ name: "order", password })).toBe(order);
    await query(
      order,
      `insert into remembered default values; alter table remembered add column note text; drop view seen;
       alter sequence free restart; alter type mood add value 'late'; drop function answer()`,
    );
    expect(await query(order, "select id::int, number, at from remembered order by id")).toEqual([
      { id: 1, number: 1, at: "busy" },
      { id: 2, number: 2, at: "busy" },
    ]);
  });

  test("when its password becomes another, then the former one is no good any more", async () => {
    const server = await start(join(temporaryDirectory(), "postgres"));
    const before = await server.openTenant({ name: "order", password });
    const after = await server.openTenant({ name: "order", password: "the next one" });
    await expect(query(before, "select 1")).rejects.toMatchObject({ code: "28P01" });
    expect(await query(after, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

describe("runningClusterUrl", () => {
  test("when somebody runs the cluster, then a tool beside it comes in; when nobody does, then there is no address", async () => {
    const dataDir = join(temporaryDirectory(), "postgres");
    expect(runningClusterUrl(dataDir, "order")).toBeNull();
    const server = await startEmbeddedPostgres({ dataDir, log: silent });
    await rememberOne(server);
    const url = runningClusterUrl(dataDir, "order") ?? "";
    expect(await query(url, "select answer from remembered")).toEqual([{ answer: 42 }]);
    await server.stop();
    expect(runningClusterUrl(dataDir, "order")).toBeNull();
  });
});
