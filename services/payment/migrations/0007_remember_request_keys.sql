-- What an Idempotency-Key of the request for a charge was used with; both are digests.
create table request_keys (
  key text primary key,
  fingerprint text not null,
  first_at timestamptz not null
);
create index request_keys_first_at on request_keys (first_at);
