import { sql } from "kysely";
import { decodeCharge } from "./charge-document.ts";
import { type Db, selectTroubled, selectUnsent, selectUnsettledRefunds } from "./postgres-charge-statements.ts";
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
    listUnsent: async (options) =>
      (await selectUnsent(db, options)).map(({ eventId, since, ...row }) => ({
        charge: decodeCharge(row),
        eventId,
        since,
      })),
    oldestUnsentAt: async () => {
      const { rows } = await sql<{ since: Date | null }>`
        select min(case when attempts = 0 then available_at else created_at end) as since from outbox
        where sent_at is null and parked_at is null and (attempts > 0 or available_at <= now())`.execute(db);
      return rows[0]?.since ?? null;
    },
    listTroubled: async ({ limit }) => (await selectTroubled(db, limit)).map(decodeCharge),
    listUnsettledRefunds: async ({ limit }) => (await selectUnsettledRefunds(db, limit)).map(decodeCharge),
  };
}
