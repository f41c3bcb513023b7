import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { createPool, migrate, type Pool } from "@comanda/postgres";
import { noteDatabase } from "./canary/planted.ts";
import { readTables } from "./canary/tables.ts";
import { testServerUrl } from "./test-server.ts";

/** An empty, migrated database of one test file. */
export interface TestDatabase {
  /** Connection string, password included. */
  readonly url: string;
  readonly pool: Pool;
  /** Ends the pool and removes the database. */
  drop(): Promise<void>;
}

// Any constant does; it keeps two test files from making the same template at once.
const templateLock = 1_815_930_476;

/**
 * A database of its own for a test file, cloned from a template that holds all migrations of a folder. The template
 * is made once per content of the folder, by whoever comes first.
 *
 * @throws Error outside Vitest when `TEST_DATABASE_URL` is not set
 */
export async function createTestDatabase(options: { readonly migrations: string }): Promise<TestDatabase> {
  const serverUrl = testServerUrl();
  if (serverUrl === undefined) throw new Error("TEST_DATABASE_URL is not set and no global set-up has run");
  const admin = createPool({
    connectionString: serverUrl,
    applicationName: "comanda-test-admin",
    max: 2,
    statementTimeoutMs: 120_000,
  });
  try {
    const template = await ensureTemplate({ admin, serverUrl, migrations: options.migrations });
    const name = `test_${randomBytes(8).toString("hex")}`;
    await admin.query(`create database ${name} template ${template}`);
    return openDatabase({ serverUrl, name, service: serviceOf(options.migrations) });
  } finally {
    await admin.end();
  }
}

function openDatabase(options: { serverUrl: string; name: string; service: string }): TestDatabase {
  const url = urlOf(options);
  const pool = createPool({ connectionString: url, applicationName: "comanda-test" });
  const searchLater = noteDatabase(() => readTables(`column ${options.service}`, url));
  return {
    url,
    pool,
    async drop() {
      if (!pool.ended && !pool.ending) await pool.end();
      await searchLater();
      const admin = createPool({ connectionString: options.serverUrl, applicationName: "comanda-test-admin", max: 1 });
      try {
        await admin.query(`drop database if exists ${options.name} with (force)`);
      } finally {
        await admin.end();
      }
    },
  };
}

/** Whose tables they are: the folder that holds the folder of migrations. */
function serviceOf(migrations: string): string {
  return basename(dirname(resolve(migrations)));
}

async function ensureTemplate(options: { admin: Pool; serverUrl: string; migrations: string }): Promise<string> {
  const { admin, serverUrl, migrations } = options;
  const name = `template_${await hashOf(migrations)}`;
  const client = await admin.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [templateLock]);
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (rowCount !== 0) return name;
    const unfinished = `${name}_unfinished`;
    await client.query(`drop database if exists ${unfinished} with (force)`);
    await client.query(`create database ${unfinished}`);
    await migrateDatabase({ connectionString: urlOf({ serverUrl, name: unfinished }), directory: migrations });
    // Under its final name only when whole, so that an interrupted run leaves nothing that looks ready.
    await client.query(`alter database ${unfinished} rename to ${name}`);
    return name;
  } finally {
    client.release(true);
  }
}

async function migrateDatabase(options: { connectionString: string; directory: string }): Promise<void> {
  const pool = createPool({
    connectionString: options.connectionString,
    applicationName: "comanda-test-template",
    max: 1,
  });
  try {
    await migrate({ pool, directory: options.directory });
  } finally {
    await pool.end();
  }
}

async function hashOf(directory: string): Promise<string> {
  const hash = createHash("sha256").update(resolve(directory));
  for (const name of (await readdir(directory)).sort()) {
    hash
      .update(name)
      .update("\0")
      .update(await readFile(join(directory, name)));
  }
  return hash.digest("hex").slice(0, 32);
}

function urlOf(options: { serverUrl: string; name: string }): string {
  const url = new URL(options.serverUrl);
  url.pathname = `/${options.name}`;
  return url.href;
}
