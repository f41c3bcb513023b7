-- The ledger of consents is only ever added to (0013); emptying the table at once would have gone past the trigger that
-- looks at each row.
create function refuse_to_empty_consents() returns trigger language plpgsql as $$
begin
  raise exception 'consents are only ever added to' using errcode = 'insufficient_privilege';
end $$;
create trigger consents_never_emptied before truncate on consents
for each statement execute function refuse_to_empty_consents();
