-- Totems and screens of the shop. A pairing code is kept as a keyed digest, for ten minutes or until it is used; a device
-- that was revoked stays in the list, so that one can see what was there.
create table devices (
  id uuid primary key,
  kind text not null check (kind in ('kiosk', 'kitchen', 'panel', 'counter')),
  name text not null,
  created_by text not null,
  created_at timestamptz not null,
  pairing_digest bytea,
  pairing_expires_at timestamptz,
  paired_at timestamptz,
  last_seen_at timestamptz,
  revoked_at timestamptz,
  creation_key bytea,
  creation_fingerprint bytea,
  constraint devices_code_with_its_end check ((pairing_digest is null) = (pairing_expires_at is null)),
  constraint devices_code_of_the_unpaired check (pairing_digest is null or (paired_at is null and revoked_at is null)),
  constraint devices_creation_key_with_fingerprint check ((creation_key is null) = (creation_fingerprint is null))
);

create unique index devices_pairing_unique on devices (pairing_digest) where pairing_digest is not null;
create unique index devices_creation_key_unique on devices (creation_key) where creation_key is not null;
