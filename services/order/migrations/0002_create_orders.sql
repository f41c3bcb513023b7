-- Orders. No foreign keys: the rows of an order are written with it in one statement, and orders are never deleted, so
-- a check on each row would guard against nothing and cost more than all the rest of the row.
create table orders (
  id uuid primary key,
  -- What is called at the counter; from the sequence of its business day, so that no row is hot.
  number integer not null,
  business_day date not null,
  status text not null check (status in ('requested', 'paid', 'preparing', 'ready_for_pickup', 'out_for_delivery',
    'delivered', 'unclaimed', 'cancelled', 'rejected', 'refunded')),
  -- Derived from order_charges at each change, kept here to be searched by.
  payment_status text not null,
  channel text not null check (channel in ('kiosk', 'phone', 'counter')),
  -- Who ordered, when a customer did.
  customer_id uuid,
  -- The token it was ordered with, when that token names somebody by a mere CPF: it alone may read the order.
  session_id text,
  -- The person or device that sent the order.
  placed_by uuid not null,
  service_mode text not null check (service_mode in ('dine_in', 'takeaway')),
  customer_name text,
  table_label text,
  priority boolean not null,
  total_cents integer not null check (total_cents between 0 and 1000000),
  -- The charge whose money made it paid.
  paid_by uuid,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  expires_at timestamptz not null,
  paid_at timestamptz,
  started_at timestamptz,
  ready_at timestamptz
);
create index orders_newest on orders (created_at, id);
create index orders_of_customer on orders (customer_id, created_at, id) where customer_id is not null;
create index orders_of_session on orders (session_id, created_at, id) where session_id is not null;
create index orders_of_kiosk on orders (placed_by, created_at, id) where channel = 'kiosk';
-- Delivered is what nearly all orders become; every other status is rare enough to be searched by.
create index orders_by_status on orders (status, created_at, id) where status <> 'delivered';
create index orders_unpaid on orders (expires_at) where status = 'requested';

create table order_items (
  order_id uuid not null,
  position smallint not null,
  id uuid not null,
  product_id uuid not null,
  name text not null,
  unit_price_cents integer not null,
  quantity smallint not null,
  total_cents integer not null,
  comment text,
  -- { options, without, slots } as they were chosen, with the prices of that moment; null when nothing was.
  choices jsonb,
  status text not null check (status in ('queued', 'started', 'done', 'refused')),
  primary key (order_id, position)
);

-- What happened to an order, in the order it happened: its tracking (kind 'status') and what the live streams read.
-- `tx` lets a stream stop before the oldest transaction still running: ids alone would skip rows that commit late.
create table order_feed (
  id bigint generated always as identity primary key,
  tx xid8 not null default pg_current_xact_id(),
  order_id uuid not null,
  kind text not null check (kind in ('status', 'payment', 'items')),
  -- The status of the order after it, whatever the kind.
  status text not null,
  by text not null,
  actor_id uuid,
  reason text,
  at timestamptz not null
);
create index order_feed_of_order on order_feed (order_id, id);

-- What payment last said of each charge.
create table order_charges (
  payment_id uuid primary key,
  order_id uuid not null,
  attempt smallint not null,
  method text not null check (method in ('qr', 'link', 'counter', 'terminal')),
  status text not null,
  amount_cents integer not null,
  refunded_cents integer not null default 0,
  qr_code text,
  payment_link text,
  expires_at timestamptz,
  approved_at timestamptz,
  -- Payment's version of the charge; 0 before its first word.
  version integer not null default 0,
  constraint order_charges_attempt_unique unique (order_id, attempt)
);

-- Kept 72 hours. `answer` is null while the first request runs, and stays so where the order itself tells the answer.
create table idempotency_keys (
  scope text not null,
  route text not null,
  key text not null,
  fingerprint text not null,
  order_id uuid,
  answer jsonb,
  created_at timestamptz not null default now(),
  primary key (scope, route, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);


-- Events that are true and wait to be said; a service's own migration creates it in exactly this form.
create table outbox (
  seq bigint generated always as identity,
  id uuid primary key,
  type text not null,
  subject uuid not null,
  data jsonb not null,
  traceparent text,
  created_at timestamptz not null default now(),
  available_at timestamptz not null default now(),
  locked_until timestamptz,
  attempts integer not null default 0,
  sent_at timestamptz,
  parked_at timestamptz,
  last_error text
);
-- Partial: the index holds what waits and nothing of what was sent, however much that becomes.
create index outbox_waiting on outbox (seq) where sent_at is null and parked_at is null;
create index outbox_waiting_by_subject on outbox (subject, seq) where sent_at is null and parked_at is null;
create index outbox_parked on outbox (seq) where parked_at is not null;
create index outbox_sent on outbox (sent_at) where sent_at is not null;

-- Events already received; a service's own migration creates it in exactly this form.
create table inbox (
  consumer text not null,
  event_id text not null,
  received_at timestamptz not null default now(),
  primary key (consumer, event_id)
);
create index inbox_received on inbox (received_at);
