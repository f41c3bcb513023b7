-- What is kept of the trail begins after this row: its number and hash, so that the chain is verified from here on when
-- the rows up to it are gone. Rows go after five years, the oldest first, and in no other way: the anchor moves onto a row
-- that stands there, with everything before it old enough by the database's own clock, and only rows up to the anchor can
-- be deleted. There is no switch that lets more through.
create table audit_anchor (
  only_one boolean primary key default true check (only_one),
  seq bigint not null,
  hash bytea not null check (octet_length(hash) = 32)
);
insert into audit_anchor (seq, hash) values (0, decode(repeat('00', 32), 'hex'));

create function refuse_early_cut_of_audit() returns trigger language plpgsql as $$
begin
  if new.seq <= old.seq
    -- The newest row stays, so that the end of the chain is always a row.
    or new.seq >= (select seq from audit_head)
    or not exists (select from audit_trail where seq = new.seq and hash = new.hash)
    or exists (select from audit_trail where seq <= new.seq and at::timestamptz > now() - interval '5 years')
  then
    raise exception 'the audit trail is cut after five years, from its beginning' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create trigger audit_anchor_stays before delete or truncate on audit_anchor
  for each statement execute function refuse_change_of_audit();
create trigger audit_anchor_only_rises before update on audit_anchor
  for each row execute function refuse_early_cut_of_audit();

create function refuse_delete_behind_anchor() returns trigger language plpgsql as $$
begin
  if old.seq > (select seq from audit_anchor) then
    raise exception 'the audit trail only grows' using errcode = 'insufficient_privilege';
  end if;
  return old;
end $$;

drop trigger audit_trail_only_grows on audit_trail;
create trigger audit_trail_only_grows before update or truncate on audit_trail
  for each statement execute function refuse_change_of_audit();
create trigger audit_trail_keeps_rows before delete on audit_trail
  for each row execute function refuse_delete_behind_anchor();
