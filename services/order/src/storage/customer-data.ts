import { noteReceived } from "@comanda/messaging";
import type { Id } from "@comanda/primitives";
import { type Kysely, sql } from "kysely";
import type { OrderTables } from "./schema.ts";

/** An order that nobody works on any more. */
const ENDED = sql`('cancelled', 'rejected', 'refunded', 'delivered', 'unclaimed')`;

/** What orders lose to be nobody's: who, in which session, by what name. */
const NOBODYS = sql`customer_id = null, session_id = null, customer_name = null,
  placed_by = case when channel = 'phone' then id else placed_by end`;
/** At which table goes too, once nobody has to carry anything there. */
const TABLE = sql`table_label = case when status in ${ENDED} then null else table_label end`;

/**
 * Takes a person out of their orders, in one transaction with the note that `eventId` was received. The orders, their
 * lines and their money stay. `paying`: a charge of theirs is being made or settled, and nothing was done.
 */
export async function eraseCustomer(
  db: Kysely<OrderTables>,
  given: { readonly customerId: Id; readonly eventId: string; readonly mayWait: boolean },
): Promise<"erased" | "paying"> {
  const { customerId, eventId, mayWait } = given;
  if (mayWait && (await isPaying(db, customerId))) return "paying";
  await db.transaction().execute(async (tx) => {
    if (!(await noteReceived<OrderTables>(tx, { consumer: "erase-customer", eventId }))) return;
    const { rows } = await sql<{ id: string }>`
      update orders set ${NOBODYS}, ${TABLE} where customer_id = ${customerId} returning id`.execute(tx);
    await forgetTraces(tx, { orderIds: rows.map(({ id }) => id), customerId });
  });
  return "erased";
}

/**
 * Money of theirs is moving: it ends first (reliability F-61). An open QR, or a charge that payment has said nothing of
 * yet, is no money.
 */
async function isPaying(db: Kysely<OrderTables>, customerId: Id): Promise<boolean> {
  const { rows } = await sql`
    select 1 from order_charges c join orders o on o.id = c.order_id
    where o.customer_id = ${customerId} and c.status in ('in_process', 'refund_pending')
    limit 1`.execute(db);
  return rows.length > 0;
}

/** What beside the orders themselves leads to the person who gave them: their own words, and what staff wrote of them. */
async function forgetTraces(
  tx: Kysely<OrderTables>,
  { orderIds, customerId }: { readonly orderIds: readonly string[]; readonly customerId: Id | null },
): Promise<void> {
  const ids = sql`${[...orderIds]}::uuid[]`;
  await sql`update order_items set comment = null where order_id = any(${ids}) and comment is not null`.execute(tx);
  await sql`
    update order_feed f set
      actor_id = case when f.actor_id = ${customerId} or f.by = 'customer' then null else f.actor_id end,
      reason = case when f.by in ('clock', 'payment') then f.reason end
    where f.order_id = any(${ids})
      and (f.actor_id = ${customerId} or f.by = 'customer' or f.reason is not null)`.execute(tx);
  await sql`
    delete from idempotency_keys
    where order_id = any(${ids}) or scope = ${customerId}::text`.execute(tx);
  await sql`
    update outbox set data = jsonb_set(data, '{customer_id}', 'null')
    where data->>'order_id' = any(${[...orderIds]}::text[]) and data->>'customer_id' is not null`.execute(tx);
}

/** What is kept of unpaid orders loses the person after this many days, of others after five years (OP-64). */
type Retention = { readonly unpaidBefore: Date; readonly namesBefore: Date; readonly salesBefore: Date };

const BATCH = 500;

/**
 * Takes people out of orders whose time is over: unpaid ones, names and words that served to make and call an order, and
 * after years the link to a person of whatever was sold. Whatever their status: a shop that never says "delivered" forgets
 * too, and money that is still on its way needs none of it. One batch of each; gives back how many rows changed.
 */
export async function forgetBatch(db: Kysely<OrderTables>, retention: Retention): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const unlinked = await sql<{ id: string }>`
      update orders set ${NOBODYS}, table_label = null
      where id in (
        select id from orders
        where ((paid_at is null and created_at < ${retention.unpaidBefore}) or created_at < ${retention.salesBefore})
          and num_nonnulls(customer_id, session_id, customer_name) > 0
        order by created_at limit ${BATCH} for update skip locked)
      returning id`.execute(tx);
    await forgetTraces(tx, { orderIds: unlinked.rows.map(({ id }) => id), customerId: null });
    const unnamed = await sql<{ id: string }>`
      update orders set customer_name = null, table_label = null
      where id in (
        select id from orders
        where created_at < ${retention.namesBefore} and num_nonnulls(customer_name, table_label) > 0
        order by created_at limit ${BATCH} for update skip locked)
      returning id`.execute(tx);
    const words = await forgetWords(tx, retention.namesBefore);
    return unlinked.rows.length + unnamed.rows.length + words;
  });
}

/** Wishes and reasons that guests wrote, in orders from before `before`. */
async function forgetWords(tx: Kysely<OrderTables>, before: Date): Promise<number> {
  const wishes = await sql`
    update order_items set comment = null
    where (order_id, position) in (
      select i.order_id, i.position from order_items i join orders o on o.id = i.order_id
      where i.comment is not null and o.created_at < ${before}
      limit ${BATCH} for update of i skip locked)`.execute(tx);
  const reasons = await sql`
    update order_feed set reason = null
    where (tx, id) in (
      select f.tx, f.id from order_feed f
      where f.reason is not null and f.by = 'customer' and f.at < ${before}
      limit ${BATCH} for update skip locked)`.execute(tx);
  return Number(wishes.numAffectedRows ?? 0n) + Number(reasons.numAffectedRows ?? 0n);
}

/**
 * What is held about a person here, as it goes into their export: what they ordered while signed in.
 * @param given.withRecognised also what was ordered by whoever typed their CPF: for the shop, which can see who asks
 */
export async function readCustomerData(
  db: Kysely<OrderTables>,
  given: { readonly customerId: Id; readonly withRecognised: boolean },
): Promise<readonly unknown[]> {
  const { customerId, withRecognised } = given;
  const { rows } = await sql<{ order: unknown }>`
    select jsonb_build_object('id', o.id, 'number', o.number, 'status', o.status, 'payment_status', o.payment_status,
      'channel', o.channel, 'service_mode', o.service_mode, 'customer_name', o.customer_name, 'table', o.table_label,
      'priority', o.priority, 'total_cents', o.total_cents, 'currency', 'BRL', 'created_at', o.created_at,
      'paid_at', o.paid_at,
      'items', (
        select coalesce(jsonb_agg(jsonb_build_object('name', i.name, 'quantity', i.quantity, 'comment', i.comment,
          'unit_price_cents', i.unit_price_cents, 'total_cents', i.total_cents, 'choices', i.choices)
          order by i.position), '[]')
        from order_items i where i.order_id = o.id),
      'tracking', (
        select coalesce(jsonb_agg(jsonb_build_object('status', f.status, 'at', f.at, 'by', f.by, 'reason', f.reason)
          order by f.id), '[]')
        from order_feed f where f.order_id = o.id and f.kind = 'status')) as "order"
    from orders o
    where o.customer_id = ${customerId} and (${withRecognised} or o.session_id is null)
    order by o.created_at, o.id`.execute(db);
  return rows.map(({ order }) => order);
}
