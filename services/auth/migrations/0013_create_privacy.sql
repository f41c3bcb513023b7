-- What people can ask of us about their own data (LGPD art. 18): to be known by more than a CPF, to say and take back
-- what they agree to, to be forgotten.
alter table people add column email_verified_at timestamptz;

-- Codes sent by e-mail. Of a code only a keyed digest stands here; it is worth something to the token that asked for it
-- and to no other, for ten minutes, five tries, once.
create table verifications (
  id uuid primary key,
  person_id uuid not null references people (id) on delete cascade,
  session_id text not null,
  code_digest bytea not null,
  tries smallint not null default 0 check (tries between 0 and 5),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index verifications_of_session on verifications (person_id, session_id);
create index verifications_by_end on verifications (expires_at);

-- What somebody agreed to and took back, purpose by purpose, in the words they were shown (`version`). Only ever added
-- to; it goes when the person goes.
create table consents (
  id uuid primary key,
  person_id uuid not null references people (id) on delete cascade,
  purpose text not null check (purpose in ('recognition', 'marketing')),
  version text not null,
  is_given boolean not null,
  how text not null check (how in ('register', 'self', 'admin')),
  at timestamptz not null
);
create index consents_of_person on consents (person_id, id);

insert into consents (id, person_id, purpose, version, is_given, how, at)
select gen_random_uuid(), id, 'recognition', '2026-11', true, 'register', consented_at
from people where consented_at is not null;

create function refuse_to_alter_consents() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' or exists (select 1 from people where id = old.person_id) then
    raise exception 'consents are only ever added to';
  end if;
  return old;
end $$;
create trigger consents_append_only before update or delete on consents
for each row execute function refuse_to_alter_consents();

-- Receipts. Whom it was about is kept for as long as a backup could bring them back, so that they are erased again.
create table erasures (
  id uuid primary key,
  person_id uuid,
  asked_by text not null check (asked_by in ('self', 'admin')),
  erased_at timestamptz not null,
  order_erased_at timestamptz,
  payment_erased_at timestamptz
);
create unique index erasures_of_person on erasures (person_id) where person_id is not null;

create index people_anonymous on people (created_at) where level = 'anonymous';

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
