import type { ChargeStatus } from "@comanda/contracts";
import type { Id } from "@comanda/primitives";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Charge } from "../domain/charge.ts";

/** The tables that are touched by their typed names; the others are written as SQL. */
export type Schema = { notices: { done_at: Date | null } };
export type Db = Kysely<Schema>;

/** A row as {@link decodeCharge} wants it. */
type Row = { document: unknown; nextCheckAt: Date | null; unsent: unknown };

// Every charge is read in this form: the document, and beside it what moves without a new version.
const row = sql`
  c.document, c.next_check_at as "nextCheckAt", (
    select coalesce(json_agg(json_build_object(
      'id', o.id, 'type', o.type, 'at', o.created_at, 'data', o.data, 'traceparent', o.traceparent,
      'attempts', o.attempts, 'availableAt', o.available_at, 'lockedUntil', o.locked_until,
      'parkedAt', o.parked_at, 'lastError', o.last_error) order by o.seq), '[]')
    from outbox o where o.subject = c.id and o.sent_at is null) as unsent`;

export async function selectCharge(db: Db, id: Id): Promise<Row[]> {
  return (await sql<Row>`select ${row} from charges c where c.id = ${id}`.execute(db)).rows;
}

export async function selectChargeByProviderId(db: Db, providerId: string): Promise<Row[]> {
  return (await sql<Row>`select ${row} from charges c where c.provider_id = ${providerId}`.execute(db)).rows;
}

/** Open charges are as few as guests who pay at the moment, so the index by status is enough. */
export async function selectOpenAtTerminal(db: Db, terminalId: string): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select ${row} from charges c
    where c.status in ('created', 'pending', 'in_process') and c.document ->> 'method' = 'terminal'
      and c.document -> 'place' ->> 'terminalId' = ${terminalId}
    order by c.id
    limit 1`.execute(db);
  return rows;
}

/** Oldest attempt first. */
export async function selectChargesOfOrder(db: Db, orderId: Id): Promise<Row[]> {
  return (await sql<Row>`select ${row} from charges c where c.order_id = ${orderId} order by c.attempt`.execute(db))
    .rows;
}

/** The charge that stands where `charge` wants to stand: same id before same attempt before the order's open one. */
export async function selectRival(db: Db, charge: Charge): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select ${row} from charges c
    where c.id = ${charge.id} or (c.order_id = ${charge.orderId} and c.attempt = ${charge.attempt})
      or (c.order_id = ${charge.orderId} and c.status in ('created', 'pending', 'in_process')
        and ${charge.status} in ('created', 'pending', 'in_process'))
    order by c.id = ${charge.id} desc, c.attempt = ${charge.attempt} desc
    limit 1`.execute(db);
  return rows;
}

/** Takes due charges, oldest first, and moves them `leaseMs` past `now`. */
export async function claimDueCharges(
  db: Db,
  options: { readonly now: Date; readonly limit: number; readonly leaseMs: number },
): Promise<Row[]> {
  const until = new Date(options.now.getTime() + options.leaseMs);
  const { rows } = await sql<Row>`
    with due as (
      select id, next_check_at from charges
      where next_check_at <= ${options.now}
      order by next_check_at, id
      limit ${options.limit}
      for update skip locked
    ), leased as (
      update charges c set next_check_at = ${until} from due where c.id = due.id
      returning c.id, c.document, c.next_check_at, due.next_check_at as was_due_at
    )
    select ${row} from leased c order by c.was_due_at, c.id`.execute(db);
  return rows;
}

/** Newest first. */
export async function selectCharges(
  db: Db,
  options: {
    readonly orderId?: Id;
    readonly customerId?: Id;
    readonly status?: ChargeStatus;
    readonly limit: number;
    readonly after?: Id;
  },
): Promise<Row[]> {
  const conditions = [
    ...(options.orderId === undefined ? [] : [sql`c.order_id = ${options.orderId}`]),
    ...(options.customerId === undefined ? [] : [sql`c.customer_id = ${options.customerId}`]),
    ...(options.status === undefined ? [] : [sql`c.status = ${options.status}`]),
    ...(options.after === undefined ? [] : [sql`c.id < ${options.after}`]),
  ];
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
  const { rows } = await sql<Row>`
    select ${row} from charges c where ${where} order by c.id desc limit ${options.limit}`.execute(db);
  return rows;
}

/** Charges with a refund that is under way or failed, newest first. */
export async function selectUnsettledRefunds(db: Db, limit: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select ${row} from charges c
    where c.has_unsettled_refund
    order by c.id desc limit ${limit}`.execute(db);
  return rows;
}

/** Charges at which somebody may have to look: the oldest that are open, and the newest of each other reason. */
export async function selectTroubled(db: Db, limit: number): Promise<Row[]> {
  const first = (condition: RawBuilder<unknown>, order: RawBuilder<unknown>) =>
    sql`(select id from charges where ${condition} order by ${order} limit ${limit})`;
  const newest = sql`id desc`;
  const reasons = [
    first(sql`has_unsettled_refund`, newest),
    first(sql`is_unclear`, newest),
    ...["in_dispute", "charged_back"].map((status) => first(sql`status = ${status}`, newest)),
    ...["created", "pending", "in_process"].map((status) => first(sql`status = ${status}`, sql`id`)),
  ];
  const { rows } = await sql<Row>`
    select ${row} from charges c where c.id in (${sql.join(reasons, sql` union `)})`.execute(db);
  return rows;
}

/** Unsent events of a type, oldest first, each beside its charge. */
export async function selectUnsent(
  db: Db,
  { type, before, limit }: { readonly type: string; readonly before: Date; readonly limit: number },
): Promise<(Row & { readonly eventId: Id; readonly since: Date })[]> {
  const { rows } = await sql<Row & { eventId: Id; since: Date }>`
    with waiting as (
      select id, subject, created_at from outbox
      where sent_at is null and type = ${type} and created_at <= ${before}
      order by created_at, id limit ${limit}
    )
    select ${row}, w.id as "eventId", w.created_at as since
    from waiting w join charges c on c.id = w.subject
    order by w.created_at, w.id`.execute(db);
  return rows;
}
