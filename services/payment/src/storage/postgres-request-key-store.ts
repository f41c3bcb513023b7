import { sql } from "kysely";
import type { Db } from "./postgres-charge-statements.ts";
import { REQUEST_KEY_DAYS, type RequestKeyStore } from "./request-key-store.ts";

/** Keys of requests, in the table `request_keys`. */
export function createPostgresRequestKeyStore(db: Db): RequestKeyStore {
  return {
    bind: async ({ key, fingerprint, at }) => {
      // Written over with itself, so that whoever comes second reads what the first has written.
      const { rows } = await sql<{ fingerprint: string }>`
        insert into request_keys (key, fingerprint, first_at) values (${key}, ${fingerprint}, ${at})
        on conflict (key) do update set key = excluded.key
        returning fingerprint`.execute(db);
      return rows[0]?.fingerprint === fingerprint;
    },
  };
}

/** Forgets keys older than `days`, or than they need to be known. */
export async function purgeRequestKeys(db: Db, days: number): Promise<void> {
  const before = new Date(Date.now() - Math.min(days, REQUEST_KEY_DAYS) * 86_400_000);
  await sql`delete from request_keys where first_at < ${before}`.execute(db);
}
