import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedPostgres, isClusterAbandoned, startEmbeddedPostgres } from "@comanda/postgres/embedded";
import { offerTestServer, testServerUrl } from "./test-server.ts";

let server: EmbeddedPostgres | undefined;
let home: string | undefined;

const prefix = "comanda-test-postgres-";
const silent = { info: () => {}, warn: () => {} };

/** Run by Vitest once, before any test file: starts one PostgreSQL for all of them. */
export async function setup(): Promise<void> {
  if (testServerUrl() !== undefined) return;
  await removeAbandoned();
  home = join(tmpdir(), `${prefix}${randomUUID()}`);
  mkdirSync(home);
  // As root the server runs under another account, which must be able to pass through; its own folder is private.
  chmodSync(home, 0o711);
  server = await startEmbeddedPostgres({ dataDir: join(home, "cluster"), log: silent, settings: fastButForgetful });
  offerTestServer(server.url("postgres"));
}

/** Run by Vitest once, after the last test file. */
export async function teardown(): Promise<void> {
  await server?.stop();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
}

/** Test data may be lost; nowhere else are these off. */
const fastButForgetful = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "400",
  // A vacuum worker visiting the template holds up its cloning.
  autovacuum: "off",
  max_wal_size: "4GB",
};

/** Stops servers of test runs that were killed, and removes their data. */
async function removeAbandoned(): Promise<void> {
  const homes = readdirSync(tmpdir()).filter((name) => name.startsWith(prefix));
  for (const name of homes) {
    const dataDir = join(tmpdir(), name, "cluster");
    if (!existsSync(dataDir) || !isClusterAbandoned(dataDir)) continue;
    // Starting on it stops the old server first; stopping again leaves nothing.
    await (await startEmbeddedPostgres({ dataDir, log: silent })).stop();
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
