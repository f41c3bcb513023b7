-- The second factor of staff (TOTP, RFC 6238). The secret is sealed: whoever reads this table can make no code. It counts
-- from when a first code was shown to fit; a code's time step is noted, so that no code is good twice.
create table second_factors (
  person_id uuid primary key references people (id) on delete cascade,
  secret_sealed bytea not null,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  last_step integer not null
);

-- What lets somebody in who lost their phone: ten codes, each good once, kept as keyed digests.
create table recovery_codes (
  person_id uuid not null references second_factors (person_id) on delete cascade,
  digest bytea not null,
  used_at timestamptz,
  primary key (person_id, digest)
);
