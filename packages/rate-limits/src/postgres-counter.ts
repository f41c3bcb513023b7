import { createGatherer, type Pool } from "@comanda/postgres";
import type { Counted, Counter } from "./counter.ts";

type Request = { readonly key: Buffer; readonly windowSeconds: number };

const BATCH_MAX = 500;
const IN_FLIGHT_MAX = 2;

// The clock is the database's: the processes that share a window need not agree on the time.
const COUNT = `
  insert into rate_limits as held (key, used, ends_at)
  select key, used, statement_timestamp() + make_interval(secs => seconds)
  from unnest($1::bytea[], $2::integer[], $3::integer[]) as given (key, used, seconds)
  on conflict (key) do update set
    used = case when held.ends_at <= statement_timestamp() then excluded.used
                else least(held.used + excluded.used, 1000000000) end,
    ends_at = case when held.ends_at <= statement_timestamp() then excluded.ends_at else held.ends_at end
  returning key, used, extract(epoch from ends_at - statement_timestamp())::float8 as seconds_left`;

const PURGE = "delete from rate_limits where ends_at < statement_timestamp() - interval '1 hour'";

/**
 * Counts in the table `rate_limits`, which every process of a service shares. Requests that come while a statement is
 * under way go together into the next one: under a flood it is a few statements that count, not one for each request.
 */
export function createPostgresCounter(pool: Pool): Counter & { readonly purge: () => Promise<void> } {
  const gatherer = createGatherer<Request, Counted>({
    batchMax: BATCH_MAX,
    inFlightMax: IN_FLIGHT_MAX,
    run: (batch) => countAll(pool, batch),
  });
  return {
    count: (key, windowSeconds) => gatherer.submit({ key, windowSeconds }),
    purge: async () => {
      await pool.query(PURGE);
    },
  };
}

async function countAll(pool: Pool, batch: readonly Request[]): Promise<readonly Counted[]> {
  const wanted = new Map<string, { readonly key: Buffer; readonly seconds: number; used: number }>();
  for (const { key, windowSeconds } of batch) {
    const name = key.toString("hex");
    const known = wanted.get(name) ?? { key, seconds: windowSeconds, used: 0 };
    known.used += 1;
    wanted.set(name, known);
  }
  // One order for everybody: two statements that lock the same rows in two orders would wait for each other.
  const rows = [...wanted].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
  const answer = await pool.query<{ key: Buffer; used: number; seconds_left: number }>({
    name: "count-rate-limits",
    text: COUNT,
    values: [rows.map(({ key }) => key), rows.map(({ used }) => used), rows.map(({ seconds }) => seconds)],
  });
  const counted = new Map(answer.rows.map((row) => [row.key.toString("hex"), row]));
  const given = new Map<string, number>();
  return batch.map(({ key }) => {
    const name = key.toString("hex");
    const row = counted.get(name);
    if (row === undefined) throw new Error("a counted key did not come back");
    const turn = (given.get(name) ?? 0) + 1;
    given.set(name, turn);
    // Of those counted together each gets its own place in the row.
    return { used: row.used - (wanted.get(name)?.used ?? 0) + turn, secondsLeft: row.seconds_left };
  });
}
