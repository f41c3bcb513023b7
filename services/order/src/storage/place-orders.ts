import type { Pool } from "@comanda/postgres";
import { newId } from "@comanda/primitives";
import type { OrderLine } from "../domain/order.ts";
import { currentCharge } from "../domain/order.ts";
import { PAYMENT_REQUESTED, requestOf, SAFETY_NET_S } from "../domain/payment-events.ts";
import type { OrderDraft } from "../domain/place-order.ts";
import { PLACE_ROUTE, type RequestKey } from "./idempotency-keys.ts";
import { numberSequence } from "./order-numbers.ts";
import { choicesOf } from "./order-rows.ts";

/** An order to be written. */
export type Placement = {
  readonly order: OrderDraft;
  /** The role that sent it, as tracking names it. */
  readonly placedAs: string;
  readonly key: RequestKey | null;
  readonly traceparent: string | null;
};

/** The number it got; `null` when its key had been used before and so nothing was written. */
export type Placed = { readonly number: number | null };

type Value = string | number | boolean | null;
type Column<Source> = { readonly name: string; readonly type: string; readonly of: (source: Source) => Value };

/** One column of the statement's input: its name, its SQL type, and where its value is in a placement. */
const ORDER_COLUMNS: readonly Column<Placement>[] = [
  { name: "id", type: "uuid", of: ({ order }) => order.id },
  { name: "sequence", type: "text", of: ({ order }) => numberSequence(order.businessDay) },
  { name: "business_day", type: "date", of: ({ order }) => order.businessDay },
  { name: "status", type: "text", of: ({ order }) => order.status },
  { name: "payment_status", type: "text", of: ({ order }) => order.paymentStatus },
  { name: "channel", type: "text", of: ({ order }) => order.channel },
  { name: "customer_id", type: "uuid", of: ({ order }) => order.customerId },
  { name: "session_id", type: "text", of: ({ order }) => order.sessionId },
  { name: "placed_by", type: "uuid", of: ({ order }) => order.placedBy },
  { name: "placed_as", type: "text", of: ({ placedAs }) => placedAs },
  { name: "service_mode", type: "text", of: ({ order }) => order.serviceMode },
  { name: "customer_name", type: "text", of: ({ order }) => order.customerName },
  { name: "table_label", type: "text", of: ({ order }) => order.tableLabel },
  { name: "priority", type: "boolean", of: ({ order }) => order.priority },
  { name: "total_cents", type: "integer", of: ({ order }) => order.totalCents },
  { name: "created_at", type: "timestamptz", of: ({ order }) => order.createdAt.toISOString() },
  { name: "expires_at", type: "timestamptz", of: ({ order }) => order.expiresAt.toISOString() },
  { name: "scope", type: "text", of: ({ key }) => key?.scope ?? null },
  { name: "key", type: "text", of: ({ key }) => key?.key ?? null },
  { name: "fingerprint", type: "text", of: ({ key }) => key?.fingerprint ?? null },
  { name: "payment_id", type: "uuid", of: ({ order }) => currentCharge(order)?.paymentId ?? null },
  { name: "method", type: "text", of: ({ order }) => currentCharge(order)?.method ?? null },
  { name: "device_id", type: "uuid", of: ({ order }) => currentCharge(order)?.deviceId ?? null },
  { name: "event_id", type: "uuid", of: () => newId() },
  { name: "event_data", type: "text", of: ({ order }) => wishOf(order) },
  { name: "traceparent", type: "text", of: ({ traceparent }) => traceparent },
];

type PlacedLine = { readonly orderId: string; readonly position: number; readonly line: OrderLine };

const LINE_COLUMNS: readonly Column<PlacedLine>[] = [
  { name: "order_id", type: "uuid", of: ({ orderId }) => orderId },
  { name: "position", type: "smallint", of: ({ position }) => position },
  { name: "id", type: "uuid", of: ({ line }) => line.id },
  { name: "product_id", type: "uuid", of: ({ line }) => line.productId },
  { name: "name", type: "text", of: ({ line }) => line.name },
  { name: "unit_price_cents", type: "integer", of: ({ line }) => line.unitPriceCents },
  { name: "quantity", type: "smallint", of: ({ line }) => line.quantity },
  { name: "total_cents", type: "integer", of: ({ line }) => line.totalCents },
  { name: "comment", type: "text", of: ({ line }) => line.comment },
  { name: "choices", type: "text", of: ({ line }) => choicesOf(line) },
];

/**
 * Writes many orders, each whole, in one round trip and one commit: key, order, lines, tracking, charge and event. An
 * order whose key was used before leaves no trace. Arrays instead of rows of parameters keep it one prepared statement
 * for any number of orders (the performance goals: gathered and prepared, three times a statement each).
 */
export async function placeOrders(pool: Pool, batch: readonly Placement[]): Promise<readonly Placed[]> {
  const lines = batch.flatMap(({ order }) =>
    order.lines.map((line, position) => ({ orderId: order.id, position, line })),
  );
  const { rows } = await pool.query<Placed>({
    name: "place-orders",
    text: STATEMENT,
    values: [...ORDER_COLUMNS.map(({ of }) => batch.map(of)), ...LINE_COLUMNS.map(({ of }) => lines.map(of))],
  });
  return rows;
}

function wishOf(order: OrderDraft): string | null {
  const charge = currentCharge(order);
  return charge === null ? null : JSON.stringify(requestOf(order, charge));
}

/** `unnest($1::uuid[], …) … (id, …)`, the parameters counted from `first`. */
function unnest<Source>(columns: readonly Column<Source>[], first: number): string {
  const arrays = columns.map(({ type }, index) => `$${first + index}::${type}[]`);
  return `unnest(${arrays.join(", ")}) with ordinality as input (${columns.map(({ name }) => name).join(", ")}, place)`;
}

// Keys are inserted in their own order, so that two statements with the same keys wait for each other instead of
// deadlocking. A number is drawn only for what is written.
const STATEMENT = `
with asked as (
  select * from ${unnest(ORDER_COLUMNS, 1)}
), fresh as (
  insert into idempotency_keys (scope, route, key, fingerprint, order_id)
  select scope, '${PLACE_ROUTE}', key, fingerprint, id from asked where key is not null order by scope, key
  on conflict do nothing
  returning order_id
), accepted as materialized (
  select asked.*, nextval(sequence::regclass)::integer as number
  from asked where key is null or id in (select order_id from fresh)
), placed as (
  insert into orders (id, number, business_day, status, payment_status, channel, customer_id, session_id, placed_by,
    service_mode, customer_name, table_label, priority, total_cents, version, created_at, updated_at, expires_at, paid_at)
  select id, number, business_day, status, payment_status, channel, customer_id, session_id, placed_by,
    service_mode, customer_name, table_label, priority, total_cents, 1, created_at, created_at, expires_at,
    case when status = 'paid' then created_at end
  from accepted
), lined as (
  insert into order_items (order_id, position, id, product_id, name, unit_price_cents, quantity, total_cents, comment,
    choices, status)
  select order_id, position, id, product_id, name, unit_price_cents, quantity, total_cents, comment,
    choices::jsonb, 'queued'
  from ${unnest(LINE_COLUMNS, ORDER_COLUMNS.length + 1)} where order_id in (select id from accepted)
), told as (
  insert into order_feed (order_id, kind, status, by, actor_id, at)
  select id, 'status', step, case step when 'paid' then 'payment' else placed_as end,
    case step when 'paid' then null else placed_by end, created_at
  from accepted cross join (values ('requested'), ('paid')) as steps (step)
  where step = 'requested' or status = 'paid'
), charged as (
  insert into order_charges (payment_id, order_id, attempt, method, status, amount_cents, device_id)
  select payment_id, id, 1, method, 'created', total_cents, device_id from accepted where payment_id is not null
), said as (
  insert into outbox (id, type, subject, data, traceparent, available_at)
  select event_id, '${PAYMENT_REQUESTED}', id,
    event_data::jsonb || jsonb_build_object('description', 'Pedido ' || number), traceparent,
    case method when 'counter' then now() else now() + interval '${SAFETY_NET_S} seconds' end
  from accepted where payment_id is not null
)
select accepted.number from asked left join accepted using (id) order by asked.place`;
