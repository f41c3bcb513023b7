import { isId } from "@comanda/primitives";
import { sql } from "kysely";
import type { CountedNotice, Notice, NoticeStore } from "./charge-store.ts";
import type { Db } from "./postgres-charge-statements.ts";

type NoticeRow = Omit<Notice, "rawBody"> & { readonly rawBody: Buffer };

/** The provider's notifications in the table `notices`. */
export function createPostgresNoticeStore(db: Db): NoticeStore {
  return {
    store: async (notice) => {
      const { rows } = await sql<{ deliveries: number }>`
        insert into notices (id, dedupe_key, received_at, topic, resource_id, is_signed, signed_at,
          request_id, raw_body)
        values (${notice.id}, ${notice.dedupeKey}, ${notice.receivedAt}, ${notice.topic}, ${notice.resourceId},
          ${notice.isSigned}, ${notice.signedAt}, ${notice.requestId}, ${Buffer.from(notice.rawBody, "utf8")})
        on conflict (dedupe_key) do update set deliveries = notices.deliveries + 1
        returning deliveries`.execute(db);
      return rows[0]?.deliveries === 1 ? "stored" : "duplicate";
    },
    claim: async ({ limit, leaseMs }) => {
      const { rows } = await sql<NoticeRow>`
        with due as (
          select id from notices
          where done_at is null and available_at <= now()
          order by available_at, id
          limit ${limit}
          for update skip locked
        ), leased as (
          update notices n set available_at = now() + ${leaseMs} * interval '1 millisecond'
          from due where n.id = due.id
          returning n.*
        )
        select id, received_at as "receivedAt", topic, resource_id as "resourceId", is_signed as "isSigned",
          signed_at as "signedAt", request_id as "requestId", raw_body as "rawBody", dedupe_key as "dedupeKey"
        from leased order by received_at, id`.execute(db);
      return rows.map(withText);
    },
    settle: async (id, next) => {
      if (!isId(id)) return;
      if (next === "done") {
        await sql`update notices set done_at = now() where id = ${id} and done_at is null`.execute(db);
      } else {
        await sql`
          update notices set available_at = now() + ${next} * interval '1 millisecond'
          where id = ${id} and done_at is null`.execute(db);
      }
    },
    listByIds: async (ids) => {
      const known = ids.filter((id) => isId(id));
      if (known.length === 0) return [];
      const { rows } = await sql<NoticeRow & Pick<CountedNotice, "deliveries">>`
        select id, received_at as "receivedAt", topic, resource_id as "resourceId", is_signed as "isSigned",
          signed_at as "signedAt", request_id as "requestId", raw_body as "rawBody", dedupe_key as "dedupeKey", deliveries
        from notices where id = any(${known})`.execute(db);
      return rows.map(withText);
    },
  };
}

function withText<Row extends NoticeRow>(row: Row): Omit<Row, "rawBody"> & Pick<Notice, "rawBody"> {
  return { ...row, rawBody: row.rawBody.toString("utf8") };
}
