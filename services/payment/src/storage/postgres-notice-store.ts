import { createGatherer, type Pool } from "@comanda/postgres";
import { type Id, isId } from "@comanda/primitives";
import { sql } from "kysely";
import type { CountedNotice, Notice, NoticeStore } from "./charge-store.ts";
import type { Db } from "./postgres-charge-statements.ts";

type NoticeRow = Omit<Notice, "rawBody"> & { readonly rawBody: Buffer };
type Arrival = { readonly notice: Notice; readonly leaseMs: number };
type Settlement = { readonly id: Id; readonly next: "done" | number };

/** Notices in one statement, and statements of a kind under way at a time. */
const BATCH = 100;
const IN_FLIGHT = 1;

/** The provider's notifications in the table `notices`. */
export function createPostgresNoticeStore(pool: Pool, db: Db): NoticeStore {
  // The provider tells of busy hours in bursts, and each commit waits for the disk: what comes together goes together.
  const gathered = { batchMax: BATCH, inFlightMax: IN_FLIGHT };
  const arrivals = createGatherer({ ...gathered, run: (batch: readonly Arrival[]) => storeAll(pool, batch) });
  const settlements = createGatherer({ ...gathered, run: (batch: readonly Settlement[]) => settleAll(pool, batch) });
  return {
    store: (notice, { leaseMs = 0 } = {}) => arrivals.submit({ notice, leaseMs }),
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
      if (isId(id)) await settlements.submit({ id, next });
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

/** Arrays instead of rows of parameters keep it one prepared statement for any number of notices. */
const STORE = `
  insert into notices (id, dedupe_key, received_at, topic, resource_id, is_signed, signed_at, request_id, raw_body,
    deliveries, available_at)
  select id, dedupe_key, received_at, topic, resource_id, is_signed, signed_at, request_id, raw_body, deliveries,
    now() + lease_ms * interval '1 millisecond'
  from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::boolean[], $7::timestamptz[],
    $8::text[], $9::bytea[], $10::integer[], $11::integer[]) as input (id, dedupe_key, received_at, topic, resource_id,
    is_signed, signed_at, request_id, raw_body, deliveries, lease_ms)
  on conflict (dedupe_key) do update set deliveries = notices.deliveries + excluded.deliveries
  returning id`;

/** Stores notices in one round trip and one commit; what is told several times in one batch is one row, counted. */
async function storeAll(pool: Pool, batch: readonly Arrival[]): Promise<readonly ("stored" | "duplicate")[]> {
  const told = Map.groupBy(batch, ({ notice }) => notice.dedupeKey);
  // In one order for everybody, so that two statements about the same notices wait for each other and do not deadlock.
  const rows = [...told]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, same]) => {
      const [first] = same;
      return first === undefined ? [] : [{ ...first, deliveries: same.length }];
    });
  const column = <Value>(of: (notice: Notice) => Value): Value[] => rows.map(({ notice }) => of(notice));
  const answer = await pool.query<{ id: Id }>({
    name: "store-notices",
    text: STORE,
    values: [
      column(({ id }) => id),
      column(({ dedupeKey }) => dedupeKey),
      column(({ receivedAt }) => receivedAt),
      column(({ topic }) => topic),
      column(({ resourceId }) => resourceId),
      column(({ isSigned }) => isSigned),
      column(({ signedAt }) => signedAt),
      column(({ requestId }) => requestId),
      column(({ rawBody }) => Buffer.from(rawBody, "utf8")),
      rows.map(({ deliveries }) => deliveries),
      rows.map(({ leaseMs }) => leaseMs),
    ],
  });
  // Where the notice was known, the row that was there answers, with an id of its own.
  const stored = new Set(answer.rows.map(({ id }) => id));
  return batch.map(({ notice }) => (stored.delete(notice.id) ? "stored" : "duplicate"));
}

/**
 * Done is the last word, and whoever says it first: whatever else is said of a notice changes nothing. The rows are
 * found by their ids alone: a plan that was made while the table was small must not look through what waits.
 */
const SETTLE = `
  update notices n
  set done_at = coalesce(n.done_at, case when input.wait_ms is null then now() end),
    available_at = case when input.wait_ms is null or n.done_at is not null then n.available_at
      else now() + input.wait_ms * interval '1 millisecond' end
  from (select unnest($1::uuid[]) as id, unnest($2::float8[]) as wait_ms) as input
  where n.id = any($1::uuid[]) and n.id = input.id`;

async function settleAll(pool: Pool, batch: readonly Settlement[]): Promise<readonly null[]> {
  const last = new Map<Id, number | null>();
  for (const { id, next } of batch) {
    const isDone = next === "done" || last.get(id) === null;
    last.set(id, isDone ? null : next);
  }
  const ids = [...last.keys()].sort();
  const waits = ids.map((id) => last.get(id) ?? null);
  await pool.query({ name: "settle-notices", text: SETTLE, values: [ids, waits] });
  return batch.map(() => null);
}

function withText<Row extends NoticeRow>(row: Row): Omit<Row, "rawBody"> & Pick<Notice, "rawBody"> {
  return { ...row, rawBody: row.rawBody.toString("utf8") };
}
