-- Which request made a person (Idempotency-Key), as keyed digests: a repeated request finds its person here and gets
-- its first answer again. In the row itself, so that key and effect are one statement.
alter table people
  add column creation_key bytea,
  add column creation_fingerprint bytea,
  add constraint people_creation_key_with_fingerprint check (
    (creation_key is null) = (creation_fingerprint is null)
  );

create unique index people_creation_key_unique on people (creation_key) where creation_key is not null;
