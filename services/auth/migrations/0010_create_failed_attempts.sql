-- Wrong passwords, codes and PINs, by what was tried: an account (known or not), a device its owner signed in from
-- before, a person at a paired device. The key is a keyed digest; a row goes when nothing was tried for an hour.
create table failed_attempts (
  key bytea primary key,
  -- Failures since the last success, or since a quarter of an hour without any.
  streak integer not null,
  last_at timestamptz not null,
  -- Failures within the hour that began with the first of them.
  hour_count integer not null,
  hour_began_at timestamptz not null
);

create index failed_attempts_by_time on failed_attempts (last_at);
