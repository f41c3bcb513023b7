import { Kysely, PostgresDialect } from "kysely";
import type pg from "pg";

/**
 * Kysely over a pool, typed by the caller's table schema.
 *
 * `destroy()` of the result ends the pool.
 */
export function createDatabase<Schema>(pool: pg.Pool): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}

/**
 * Whether the database answers within `timeoutMs`; for readiness, so it never throws.
 */
export async function databaseIsReachable(pool: pg.Pool, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  // query_timeout is read by the driver per query, though its types do not know it yet.
  const probe = { text: "select 1", query_timeout: timeoutMs };
  const answered = pool.query(probe).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}
