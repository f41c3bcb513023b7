/**
 * The same rows that `POST /orders` writes for two lines paid at the counter, in one statement for however many orders,
 * with everything that could be computed left constant: as little work as the rows allow. `$1` is how many orders,
 * `$2` the first part of their idempotency keys.
 */
export const INSERT_ORDERS = `
with wanted as materialized (
  select uuidv7() as id, uuidv7() as payment_id, nextval('bench_number')::integer as number, $2 || n as key
  from generate_series(1, $1::integer) as n
), keyed as (
  insert into idempotency_keys (scope, route, key, fingerprint, order_id)
  select '0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a03', 'POST /orders', key,
    '5f2c7f0e9c9f4c1fb7f1f0a9c1d2e3f45f2c7f0e9c9f4c1fb7f1f0a9c1d2e3f4', id from wanted
), placed as (
  insert into orders (id, number, business_day, status, payment_status, channel, customer_id, session_id, placed_by,
    service_mode, priority, total_cents, version, created_at, updated_at, expires_at)
  select id, number, '2026-01-15', 'requested', 'awaiting_payment', 'phone', '0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a03',
    null, '0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a03', 'dine_in', false, 4290, 1, now(), now(), now() + interval '15 minutes'
  from wanted
), lined as (
  insert into order_items (order_id, position, id, product_id, name, unit_price_cents, quantity, total_cents, status)
  select id, position, uuidv7(), '0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a04', 'X-Salada da casa', 2145, 1, 2145, 'queued'
  from wanted cross join generate_series(0, 1) as position
), told as (
  insert into order_feed (order_id, kind, status, by, actor_id, at)
  select id, 'status', 'requested', 'customer', '0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a03', now() from wanted
), charged as (
  insert into order_charges (payment_id, order_id, attempt, method, status, amount_cents)
  select payment_id, id, 1, 'counter', 'created', 4290 from wanted
), said as (
  insert into outbox (id, type, subject, data, traceparent)
  select uuidv7(), 'comanda.order.payment_requested', id, jsonb_build_object('payment_id', payment_id, 'order_id', id,
    'attempt', 1, 'customer_id', '0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a03', 'amount_cents', 4290, 'currency', 'BRL',
    'method', 'counter', 'description', 'Pedido 47', 'items', '[{"title":"X-Salada da casa","quantity":1},
    {"title":"X-Salada da casa","quantity":1}]'::jsonb), '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  from wanted
)
select id, number from wanted`;
