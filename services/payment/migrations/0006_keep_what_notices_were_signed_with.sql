-- What else the signature of a notification covers: told in the flow of a charge, beside its raw body.
alter table notices
  add column request_id text,
  add column signed_at timestamptz;
