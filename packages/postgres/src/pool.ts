import pg from "pg";
import type { Log } from "./log.ts";

/** A pool as {@link createPool} makes it. */
export type Pool = pg.Pool;
/** One connection taken from a pool. */
export type PoolClient = pg.PoolClient;

/** How to reach one database, and how patient to be with it. */
export interface PoolOptions {
  /** `postgresql://user:password@host:port/database` */
  readonly connectionString: string;
  /** Shown in `pg_stat_activity`, so that an operator sees whose connection it is. */
  readonly applicationName: string;
  /** Most connections held at once; default 10. */
  readonly max?: number;
  /** The server ends a statement that runs longer (SQLSTATE 57014); milliseconds, default 10 000. */
  readonly statementTimeoutMs?: number;
  /** Told when a connection is cut from outside. */
  readonly log?: Pick<Log, "warn">;
}

const connectTimeoutMs = 5_000;
const idleInTransactionTimeoutMs = 15_000;

/**
 * A connection pool that survives its server: a connection cut while idle or between two statements is logged
 * and replaced, where a bare `pg.Pool` would end the process.
 *
 * `int8` arrives as a number (counts and centavos are safe integers; anything larger throws), `timestamptz` as a
 * `Date`, `date` as its `YYYY-MM-DD` text, `numeric` as text.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    max: options.max ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs ?? 10_000,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    keepAlive: true,
    types: { getTypeParser },
  });
  const noteCut = (error: Error) => options.log?.warn({ err: error }, "database connection lost");
  pool.on("error", noteCut);
  // The pool listens only while a client is idle. A client cut inside a transaction emits "error" as well, and
  // without this listener that ends the process.
  pool.on("connect", (client) => client.on("error", ignoreBecauseTheQueryFailsToo));
  return pool;
}

function ignoreBecauseTheQueryFailsToo(): void {}

type Format = "text" | "binary";

function getTypeParser(oid: number, format: Format = "text"): ReturnType<typeof pg.types.getTypeParser> {
  if (format === "text" && oid === pg.types.builtins.INT8) return parseSafeInteger;
  // A date has no time zone; the driver's Date at local midnight would move with the machine's.
  if (format === "text" && oid === pg.types.builtins.DATE) return (text: string) => text;
  return format === "text" ? pg.types.getTypeParser(oid, "text") : pg.types.getTypeParser(oid, "binary");
}

function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 value ${text} is not a safe integer`);
  return value;
}
