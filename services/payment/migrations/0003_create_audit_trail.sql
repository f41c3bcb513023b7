-- Who did what: sign-ins, acts of the staff, money, permissions, looks at personal data. Rows are only ever added, each
-- one chained to the one before by SHA-256; what is searched for is read out of the hashed text by the database itself,
-- so that nobody can change one without the other.
create table audit_trail (
  seq bigint primary key check (seq > 0),
  content text not null,
  hash bytea not null check (octet_length(hash) = 32),
  at text not null generated always as (content::jsonb ->> 'at') stored,
  action text not null generated always as (content::jsonb ->> 'action') stored,
  outcome text not null generated always as (content::jsonb ->> 'outcome') stored,
  actor_id text generated always as (content::jsonb -> 'actor' ->> 'id') stored,
  target_id text generated always as (content::jsonb -> 'target' ->> 'id') stored
);

create index audit_trail_by_actor on audit_trail (actor_id, seq);
create index audit_trail_by_target on audit_trail (target_id, seq);
create index audit_trail_by_action on audit_trail (action, seq);

-- The end of the chain. Whoever adds a row holds this one until the transaction ends, so that there is one order; and
-- rows that are cut off the end are missed.
create table audit_head (
  only_one boolean primary key default true check (only_one),
  seq bigint not null,
  hash bytea not null
);
insert into audit_head (seq, hash) values (0, decode(repeat('00', 32), 'hex'));

create function refuse_change_of_audit() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail only grows' using errcode = 'insufficient_privilege';
end $$;

create trigger audit_trail_only_grows before update or delete or truncate on audit_trail
  for each statement execute function refuse_change_of_audit();
create trigger audit_head_stays before delete or truncate on audit_head
  for each statement execute function refuse_change_of_audit();
create trigger audit_head_only_rises before update on audit_head
  for each row when (new.seq <= old.seq) execute function refuse_change_of_audit();
