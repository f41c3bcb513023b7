import type { Pool } from "@comanda/postgres";

/** Makes sure that a business day can give numbers, once per process and day. */
export type OrderNumbers = { readonly ensure: (day: string) => Promise<void> };

// Any constant does, as long as nothing else in this database locks by it.
const SEQUENCE_LOCK = 1_340_077_005;
const REMEMBERED_MAX = 10;
const KEPT_DAYS = 7;

/** The sequence that a business day (`YYYY-MM-DD`) draws its numbers from. */
export function numberSequence(day: string): string {
  return `order_number_${day.replaceAll("-", "")}`;
}

/**
 * The short number comes from a PostgreSQL sequence of its own for each business day: unlike a counter in a row, drawing
 * from it makes no order wait for the one before it. A day begins at 1, or above the highest number that an order of an
 * earlier day still holds, so that no two active orders are called by the same number.
 */
export function createOrderNumbers(pool: Pool): OrderNumbers {
  const ensured = new Map<string, Promise<void>>();

  return {
    ensure: (day) => {
      const known = ensured.get(day);
      if (known !== undefined) return known;
      if (ensured.size >= REMEMBERED_MAX) ensured.clear();
      const made = createSequence(pool, day).catch((error: unknown) => {
        ensured.delete(day);
        throw error;
      });
      ensured.set(day, made);
      return made;
    },
  };
}

async function createSequence(pool: Pool, day: string): Promise<void> {
  const name = numberSequence(day);
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [SEQUENCE_LOCK]);
    const { rows } = await client.query<{ exists: boolean; first: number }>(
      `select to_regclass($1) is not null as exists,
         (select coalesce(max(number), 0) + 1 from orders
          where business_day < $2 and status in ('requested', 'paid', 'preparing', 'ready_for_pickup', 'out_for_delivery')
         )::integer as first`,
      [name, day],
    );
    const [found] = rows;
    if (found?.exists === false) {
      // Neither a name nor a start can be a parameter; both are digits of our own making.
      await client.query(`create sequence ${name} as integer start with ${found.first} minvalue 1`);
    }
    await client.query("commit");
  } catch (error) {
    // A connection in doubt is closed, which rolls back.
    client.release(true);
    throw error;
  }
  client.release();
}

/** Removes the sequences of days long gone. */
export async function dropOldSequences(pool: Pool, today: string): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    "select relname as name from pg_class where relkind = 'S' and relname ~ '^order_number_[0-9]{8}$'",
  );
  const oldest = new Date(new Date(today).getTime() - KEPT_DAYS * 86_400_000).toISOString().slice(0, 10);
  for (const { name } of rows) {
    if (name < numberSequence(oldest)) await pool.query(`drop sequence if exists ${name}`);
  }
}
