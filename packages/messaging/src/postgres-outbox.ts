import { type Id, newId } from "@comanda/primitives";
import { type Kysely, sql } from "kysely";
import type { ClaimedEvent, OutboxStore, ParkedEvent } from "./outbox.ts";

/** An event as a use-case writes it, in the transaction of its effect. */
export type EventToSay = {
  readonly type: string;
  readonly subject: Id;
  readonly data: unknown;
  readonly traceparent: string | null;
  /** Not before this moment: for a safety net that is usually taken away in time. */
  readonly availableAt?: Date;
};

/**
 * Writes an event into the outbox, in the caller's transaction: effect and event are true together or not at all.
 * The table is the one of `sql/0001_create_outbox.sql`.
 */
export async function sayEvent<Schema>(tx: Kysely<Schema>, event: EventToSay): Promise<Id> {
  const id = newId();
  await sql`
    insert into outbox (id, type, subject, data, traceparent, available_at)
    values (${id}, ${event.type}, ${event.subject}, ${JSON.stringify(event.data)}::jsonb, ${event.traceparent},
            coalesce(${event.availableAt ?? null}::timestamptz, now()))`.execute(tx);
  return id;
}

/** Takes back an event that was written to be said later and is no longer needed (already said another way). */
export async function withdrawEvent<Schema>(
  tx: Kysely<Schema>,
  event: { readonly type: string; readonly subject: Id },
): Promise<void> {
  await sql`
    update outbox set sent_at = now()
    where subject = ${event.subject} and type = ${event.type} and sent_at is null and parked_at is null`.execute(tx);
}

/**
 * The outbox in a PostgreSQL table. Rows are claimed by their state with SKIP LOCKED, never by `id > cursor`, which
 * loses rows that commit late (trap T7, EV-02). Sent rows stay seven days, so that a lost consumer can be
 * replayed.
 */
export function createPostgresOutbox<Schema>(db: Kysely<Schema>): OutboxStore {
  return {
    claim: async ({ limit, leaseMs }) => (await claimRows(db, limit, leaseMs)).map(toEvent),
    settle: async (event, delivery) => {
      // Whoever settles after its lease may find the event sent by another; sent is the last word.
      if (delivery.outcome === "done") {
        await sql`update outbox set sent_at = now(), locked_until = null where id = ${event.id}`.execute(db);
      } else if (delivery.outcome === "park") {
        await sql`
          update outbox set parked_at = now(), locked_until = null, last_error = ${delivery.reason}
          where id = ${event.id} and sent_at is null`.execute(db);
      } else {
        await sql`
          update outbox set locked_until = null, last_error = ${delivery.reason},
            available_at = now() + ${delivery.retryInMs} * interval '1 millisecond'
          where id = ${event.id} and sent_at is null`.execute(db);
      }
    },
    settleDone: async (events) => {
      const ids = events.map(({ id }) => id);
      await sql`update outbox set sent_at = now(), locked_until = null where id = any(${ids}::uuid[])`.execute(db);
    },
    listParked: async (limit) => {
      const { rows } = await sql<ParkedEvent>`
        select id, type, subject, attempts, last_error as "reason", parked_at as "parkedAt"
        from outbox where parked_at is not null and sent_at is null order by seq limit ${limit}`.execute(db);
      return rows;
    },
    retryParked: async (id) => {
      const { numAffectedRows } = await sql`
        update outbox set parked_at = null, attempts = 0, available_at = now()
        where id = ${id} and parked_at is not null and sent_at is null`.execute(db);
      return numAffectedRows === 1n;
    },
    oldestWaitingSeconds: async () => {
      const { rows } = await sql<{ seconds: number | null }>`
        select extract(epoch from now() - min(case when attempts = 0 then available_at else created_at end))::float8
          as seconds from outbox
        where sent_at is null and parked_at is null and (attempts > 0 or available_at <= now())`.execute(db);
      return rows[0]?.seconds ?? 0;
    },
  };
}

/** Removes sent events older than `days`; run now and then. */
export async function purgeOutbox<Schema>(db: Kysely<Schema>, days = 7): Promise<void> {
  await sql`delete from outbox where sent_at < now() - ${days} * interval '1 day'`.execute(db);
}

type Row = {
  id: string;
  type: string;
  subject: string;
  data: unknown;
  traceparent: string | null;
  created_at: Date;
  attempts: number;
};

async function claimRows<Schema>(db: Kysely<Schema>, limit: number, leaseMs: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    with due as (
      select o.id from outbox o
      where o.sent_at is null and o.parked_at is null and o.available_at <= now()
        and (o.locked_until is null or o.locked_until < now())
        and not exists (
          select 1 from outbox earlier
          where earlier.subject = o.subject and earlier.seq < o.seq
            and earlier.sent_at is null and earlier.parked_at is null)
      order by o.seq
      limit ${limit}
      for update of o skip locked)
    update outbox o
    set locked_until = now() + ${leaseMs} * interval '1 millisecond', attempts = o.attempts + 1
    from due where o.id = due.id
    returning o.id, o.type, o.subject, o.data, o.traceparent, o.created_at, o.attempts`.execute(db);
  return rows;
}

function toEvent(row: Row): ClaimedEvent {
  const { id, type, subject, data, traceparent, attempts } = row;
  return { id, type, subject, data, traceparent, attempts, time: row.created_at };
}
