import type { OrderPaymentStatus, OrderStatus } from "@comanda/contracts";
import type { Id } from "@comanda/primitives";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Order } from "../domain/order.ts";
import { BOARD, type Viewer } from "../domain/visibility.ts";
import { SELECT_ORDERS, toOrder } from "./order-rows.ts";
import type { OrderTables } from "./schema.ts";

/** Orders by id, in no particular order; unknown ids are left out. */
export async function loadOrders(db: Kysely<OrderTables>, ids: readonly Id[]): Promise<readonly Order[]> {
  const { rows } = await sql<never>`${SELECT_ORDERS} where o.id = any(${[...ids]}::uuid[])`.execute(db);
  return rows.map(toOrder);
}

export async function loadOrder(db: Kysely<OrderTables>, id: Id): Promise<Order | null> {
  const [order] = await loadOrders(db, [id]);
  return order ?? null;
}

/** Where a page of a list goes on: after this order. */
export type ListPosition = { readonly createdAt: Date; readonly id: Id };

export type ListFilter = {
  readonly viewer: Viewer;
  readonly status?: OrderStatus | undefined;
  readonly paymentStatus?: OrderPaymentStatus | undefined;
  readonly customerId?: Id | undefined;
  /** Created at or after. */
  readonly from?: Date | undefined;
  /** Created before. */
  readonly to?: Date | undefined;
  readonly after?: ListPosition | undefined;
  readonly limit: number;
};

/** Newest first. By position, never by offset: a deep page costs no more than the first (reliability OR-21). */
export async function listOrders(db: Kysely<OrderTables>, filter: ListFilter): Promise<readonly Order[]> {
  const { rows } = await sql<never>`
    ${SELECT_ORDERS}
    where ${sql.join(conditionsOf(filter), sql` and `)}
    order by o.created_at desc, o.id desc limit ${filter.limit}`.execute(db);
  return rows.map(toOrder);
}

function conditionsOf(filter: ListFilter): RawBuilder<unknown>[] {
  const { status, paymentStatus, customerId, from, to, after } = filter;
  return [
    seenBy(filter.viewer),
    ...(status === undefined ? [] : [sql`o.status = ${status}`]),
    ...(paymentStatus === undefined ? [] : [sql`o.payment_status = ${paymentStatus}`]),
    ...(customerId === undefined ? [] : [sql`o.customer_id = ${customerId}`]),
    ...(from === undefined ? [] : [sql`o.created_at >= ${from}`]),
    ...(to === undefined ? [] : [sql`o.created_at < ${to}`]),
    ...(after === undefined ? [] : [sql`(o.created_at, o.id) < (${after.createdAt}, ${after.id}::uuid)`]),
  ];
}

/** The rule of `canSee` in SQL. */
function seenBy(viewer: Viewer): RawBuilder<unknown> {
  switch (viewer.sees) {
    case "all":
      return sql`true`;
    case "paid":
      return sql`o.paid_at is not null`;
    case "board":
      return sql`o.paid_at is not null and o.status in (${sql.join([...BOARD])})`;
    case "customer":
      return sql`o.customer_id = ${viewer.customerId} and o.session_id is null`;
    case "session":
      return sql`o.session_id = ${viewer.sessionId}`;
    case "kiosk":
      return sql`o.channel = 'kiosk' and o.placed_by = ${viewer.deviceId}`;
  }
}

/** More than this in the kitchen at once is no queue but a mistake. */
const QUEUE_MAX = 500;

/**
 * What the kitchen and the panel show: ready, then preparing, then paid; priority first, then oldest (product §3).
 * What is `paid` and whose money went back, or is on its way whole, is not shown: nobody may start it.
 */
export async function loadQueue(db: Kysely<OrderTables>): Promise<readonly Order[]> {
  const { rows } = await sql<never>`
    ${SELECT_ORDERS}
    where o.status in ('ready_for_pickup', 'preparing', 'paid')
      and not (o.status = 'paid' and (o.payment_status in ('refunded', 'charged_back')
        or (o.payment_status = 'refund_pending' and not exists (select 1 from order_charges c where c.order_id = o.id
          and c.status = 'refund_pending' and c.refunded_cents + c.refunding_cents < c.amount_cents))))
    order by array_position(array['ready_for_pickup', 'preparing', 'paid'], o.status), o.priority desc, o.paid_at, o.id
    limit ${QUEUE_MAX}`.execute(db);
  return rows.map(toOrder);
}

/** Unpaid orders whose time is over, the longest waiting first. */
export async function findExpiredOrders(db: Kysely<OrderTables>, now: Date, limit: number): Promise<readonly Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select id from orders where status = 'requested' and expires_at <= ${now}
    order by expires_at limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** What a guest, or one session of whoever only typed a CPF, has ordered and nobody has paid yet. */
export async function countUnpaidOrders(
  db: Kysely<OrderTables>,
  orderer: { readonly customerId: Id; readonly sessionId: string | null },
): Promise<{ readonly count: number; readonly firstEndsAt: Date | null }> {
  const { customerId, sessionId } = orderer;
  const isTheirs =
    sessionId === null ? sql`customer_id = ${customerId} and session_id is null` : sql`session_id = ${sessionId}`;
  const { rows } = await sql<{ count: number; firstEndsAt: Date | null }>`
    select count(*)::integer as count, min(expires_at) as "firstEndsAt"
    from orders where ${isTheirs} and status = 'requested'`.execute(db);
  return rows[0] ?? { count: 0, firstEndsAt: null };
}

/** Orders that stood ready before `readyBefore`. */
export async function findUnclaimedOrders(
  db: Kysely<OrderTables>,
  readyBefore: Date,
  limit: number,
): Promise<readonly Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select id from orders where status = 'ready_for_pickup' and ready_at <= ${readyBefore}
    order by created_at limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Phone orders with a line that was refused before `refusedBefore` and whose money nobody has asked back. */
export async function findOrdersWithRefusedLines(
  db: Kysely<OrderTables>,
  refusedBefore: Date,
  limit: number,
): Promise<readonly Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select distinct o.id from order_items i join orders o on o.id = i.order_id
    where i.refused_at <= ${refusedBefore} and i.refund_asked_at is null
      and o.channel = 'phone' and o.paid_by is not null and o.status not in ('cancelled', 'rejected', 'refunded')
    limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** What an alarm looks at. */
export type OrderBacklog = {
  readonly unpaidPastExpiry: number;
  readonly paidNotStarted: number;
  readonly paidNotInKitchen: number;
};

/** Counts orders that should have moved on: unpaid past their time, and paid for more than `waitSeconds`. */
export async function countBacklog(
  db: Kysely<OrderTables>,
  options: { readonly now: Date; readonly waitSeconds: number },
): Promise<OrderBacklog> {
  const paidBefore = new Date(options.now.getTime() - options.waitSeconds * 1000);
  const { rows } = await sql<OrderBacklog>`
    select
      (select count(*) from orders where status = 'requested' and expires_at <= ${options.now}) as "unpaidPastExpiry",
      (select count(*) from orders where status = 'paid' and paid_at <= ${paidBefore}) as "paidNotStarted",
      (select count(*) from orders where status = 'requested' and payment_status = 'approved'
        and updated_at <= ${paidBefore}) as "paidNotInKitchen"`.execute(db);
  return rows[0] ?? { unpaidPastExpiry: 0, paidNotStarted: 0, paidNotInKitchen: 0 };
}
