import { createPool } from "@comanda/postgres";
import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import type { House } from "../house-shape.ts";

/** Lets a service say something that nobody can understand, and waits until it has been given up. */
export async function parkAnEvent(
  { system }: Pick<House, "system">,
  { by, type }: { readonly by: "order" | "payment"; readonly type: string },
): Promise<string> {
  const pool = createPool({ connectionString: system.databaseUrls[by], applicationName: "attack", max: 1 });
  const id = newId();
  try {
    await pool.query("insert into outbox (id, type, subject, data) values ($1, $2, $3, '{}'::jsonb)", [
      id,
      type,
      newId(),
    ]);
    await waitFor(
      async () => (await pool.query("select 1 from outbox where id = $1 and parked_at is not null", [id])).rowCount,
      { timeoutMs: 20_000, description: "the event to be given up" },
    );
    return id;
  } finally {
    await pool.end();
  }
}
