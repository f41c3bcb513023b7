-- Assertions by which services have authenticated (RFC 7523): each is good once. Digests only, until they expire.
create table used_assertions (
  digest bytea primary key,
  expires_at timestamptz not null
);

create index used_assertions_by_end on used_assertions (expires_at);
