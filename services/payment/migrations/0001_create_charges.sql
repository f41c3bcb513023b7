-- One row per charge. The document is the truth; the columns beside it are what statements search, guard and move.
-- `json`, not `jsonb`: the text is kept as it was written, and a NUL in a provider's answer must not make the row
-- refuse itself, as jsonb would.
create table charges (
  id uuid primary key,
  order_id uuid not null,
  attempt integer not null check (attempt > 0),
  customer_id uuid,
  status text not null,
  provider_id text constraint charges_provider_id unique,
  -- Not in the document: taking a lease moves it without making a new version.
  next_check_at timestamptz,
  version integer not null check (version > 0),
  document json not null,
  constraint charges_order_attempt unique (order_id, attempt)
);
-- At most one charge of an order can still take money: the one before is closed before the next one opens.
create unique index charges_open on charges (order_id) where status in ('created', 'pending', 'in_process');
create index charges_due on charges (next_check_at, id) where next_check_at is not null;
create index charges_by_customer on charges (customer_id, id) where customer_id is not null;
create index charges_by_status on charges (status, id);

-- The charges' events; the subject is the charge. The form is the one of packages/messaging/sql/0001_create_outbox.sql.
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
create index outbox_waiting on outbox (seq) where sent_at is null and parked_at is null;
create index outbox_waiting_by_subject on outbox (subject, seq) where sent_at is null and parked_at is null;
create index outbox_parked on outbox (seq) where parked_at is not null;
create index outbox_sent on outbox (sent_at) where sent_at is not null;
-- Reading a charge reads its unsent events, the parked ones included.
create index outbox_unsent_of_charge on outbox (subject, seq) where sent_at is null;

-- The provider's notifications as they came in.
create table notices (
  id uuid primary key,
  dedupe_key text not null constraint notices_dedupe_key unique,
  received_at timestamptz not null,
  topic text not null,
  resource_id text not null,
  is_signed boolean not null,
  -- Bytes, not text: what comes from outside may hold what a text column refuses.
  raw_body bytea not null,
  deliveries integer not null default 1,
  available_at timestamptz not null default now(),
  done_at timestamptz
);
create index notices_waiting on notices (available_at, id) where done_at is null;
create index notices_done on notices (done_at) where done_at is not null;
