import { sql } from "kysely";
import { decodeCharge } from "./charge-document.ts";
import { type Db, selectUnsettledRefunds } from "./postgres-charge-statements.ts";
import type { TroubleStore } from "./trouble-store.ts";

/** What alarms look at, in PostgreSQL. */
export function createPostgresTroubleStore(db: Db): TroubleStore {
  return {
    countUnsent: async ({ type, before }) => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::integer as count from outbox
        where sent_at is null and type = ${type} and created_at <= ${before}`.execute(db);
      return rows[0]?.count ?? 0;
    },
    listUnsettledRefunds: async ({ limit }) => (await selectUnsettledRefunds(db, limit)).map(decodeCharge),
  };
}
