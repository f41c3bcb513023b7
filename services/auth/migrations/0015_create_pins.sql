-- The PIN of somebody of the shop, for paired screens. Four digits are few: the slow hash of it is sealed under the
-- person's data key, so that whoever reads this table alone has nothing to try them against.
create table pins (
  person_id uuid primary key references people (id) on delete cascade,
  hash_sealed bytea not null,
  set_at timestamptz not null
);
