import { sql } from "kysely";
import type { Db } from "./postgres-charge-statements.ts";
import { dayOf, type Tally, type TallyStore } from "./tally-store.ts";

/** What is counted, in the table `tallies`. */
export function createPostgresTallyStore(db: Db): TallyStore {
  return {
    add: async ({ kind, count, firstAt, lastAt, resource }) => {
      await sql`
        insert into tallies as t (day, kind, count, first_at, last_at, resource)
        values (${dayOf(lastAt)}::date, ${kind}, ${count}, ${firstAt}, ${lastAt}, ${resource})
        on conflict (day, kind) do update set count = t.count + excluded.count,
          first_at = least(t.first_at, excluded.first_at), last_at = greatest(t.last_at, excluded.last_at),
          resource = coalesce(excluded.resource, t.resource)`.execute(db);
    },
    list: async ({ since }) => {
      const { rows } = await sql<Omit<Tally, "count"> & { readonly count: string }>`
        select day::text as day, kind, count, first_at as "firstAt", last_at as "lastAt", resource
        from tallies where day >= ${dayOf(since)}::date
        order by day desc, kind`.execute(db);
      return rows.map((row) => ({ ...row, count: Number(row.count) }));
    },
  };
}
