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
