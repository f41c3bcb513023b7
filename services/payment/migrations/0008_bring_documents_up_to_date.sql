-- How far a pass over all charges has come that brings their documents to one format (docs/payment-stores.md).
create table charge_upgrades (
  format integer primary key,
  -- When a process first wrote this format here; the pass begins some time after.
  since timestamptz not null,
  -- The last charge that was looked at, by id; empty before the first.
  after uuid,
  seen bigint not null default 0,
  upgraded bigint not null default 0,
  unreadable uuid[] not null default '{}',
  done_at timestamptz
);
