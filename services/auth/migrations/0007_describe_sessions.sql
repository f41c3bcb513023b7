-- What a person is shown of their sessions, and what a renewed token has to say of how they signed in.
alter table sessions
  -- Staff only; a device and a guest prove nothing that a token repeats.
  add column proof text check (proof in ('password', 'mfa', 'pin')),
  -- Browser and system in two words ("Firefox, Android"), never the whole header.
  add column agent text,
  -- The paired device at which somebody signed in by PIN.
  add column device_id uuid,
  add column last_used_at timestamptz;

update sessions set last_used_at = created_at;
alter table sessions alter column last_used_at set not null;

create index sessions_at_device on sessions (device_id) where device_id is not null and ended_at is null;
