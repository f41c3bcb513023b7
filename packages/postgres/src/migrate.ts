import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import type { Log } from "./log.ts";
import { isTransient } from "./sql-state.ts";

/** Where the migrations are and which database they change. */
export interface MigrateOptions {
  readonly pool: pg.Pool;
  /** Folder of `0001_create_orders.sql`, `0002_…`; other endings are ignored. */
  readonly directory: string;
  readonly log?: Pick<Log, "info">;
}

/** Code and database disagree, or a migration failed; the message names the file. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

interface MigrationFile {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

// Any constant does: advisory locks are counted per database, and nothing else here takes a session lock.
const migrationLock = 2_003_199_330;
const PATIENCE_MS = 15_000;
const TRY_AGAIN_MS = 200;

/**
 * Brings the database to the newest migration, forward only: each file in its own transaction, all under an
 * advisory lock, so that two processes starting at once are safe.
 *
 * Returns the names applied now.
 *
 * @throws MigrationError when an applied file was edited, is missing (the database is newer than the code), is out
 * of order, or fails; a file that fails leaves nothing behind.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const files = await readMigrations(options.directory);
  const client = await connectPatiently(options.pool);
  try {
    // Waiting for the other process, and a migration itself, may take longer than a request may.
    await client.query("set statement_timeout = 0; set idle_in_transaction_session_timeout = 0");
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    const applied = await readApplied(client);
    assertSameHistory(files, applied);
    const pending = files.slice(applied.length);
    for (const file of pending) {
      await apply(client, file);
      options.log?.info({ migration: file.name }, "migration applied");
    }
    return pending.map((file) => file.name);
  } finally {
    // Closing the connection gives the lock back whatever happened, and drops the settings above.
    client.release(true);
  }
}

/** A server that is starting or recovering is worth waiting for: the service need not die of it and start again. */
async function connectPatiently(pool: pg.Pool): Promise<pg.PoolClient> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await pool.connect();
    } catch (error) {
      if (!isTransient(error) || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
  }
}

async function readMigrations(directory: string): Promise<MigrationFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  const files = await Promise.all(names.map((name) => readMigration(directory, name)));
  for (const [index, file] of files.entries()) {
    if (file.number !== index + 1) {
      throw new MigrationError(
        `migration ${file.name} should carry number ${index + 1}: numbers start at 1, without gaps`,
      );
    }
  }
  return files;
}

async function readMigration(directory: string, name: string): Promise<MigrationFile> {
  const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
  if (number === undefined) throw new MigrationError(`migration ${name} is not named like 0001_create_orders.sql`);
  // A checkout with CRLF endings is the same migration.
  const sql = (await readFile(join(directory, name), "utf8")).replaceAll("\r\n", "\n");
  return { number: Number(number), name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
}

async function readApplied(client: pg.PoolClient): Promise<AppliedMigration[]> {
  await client.query(`
    create table if not exists schema_migrations (
      number integer primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`);
  const { rows } = await client.query<AppliedMigration>(
    "select number, name, checksum from schema_migrations order by number",
  );
  return rows;
}

function assertSameHistory(files: readonly MigrationFile[], applied: readonly AppliedMigration[]): void {
  for (const [index, past] of applied.entries()) {
    const file = files[index];
    if (file === undefined) {
      throw new MigrationError(
        `the database is newer than this code: it holds migration ${past.name}, which is missing here`,
      );
    }
    if (file.name !== past.name) {
      throw new MigrationError(
        `migration ${file.name} was applied under the name ${past.name}; add a new file instead`,
      );
    }
    if (file.checksum !== past.checksum) {
      throw new MigrationError(`migration ${file.name} was edited after it was applied; add a new file instead`);
    }
  }
}

async function apply(client: pg.PoolClient, file: MigrationFile): Promise<void> {
  try {
    await client.query("begin");
    await client.query(file.sql);
    await client.query("insert into schema_migrations (number, name, checksum) values ($1, $2, $3)", [
      file.number,
      file.name,
      file.checksum,
    ]);
    await client.query("commit");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError(`migration ${file.name} failed: ${reason}`, { cause: error });
  }
}
