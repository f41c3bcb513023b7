-- The letter with a code, until the mail server has taken it: its address and words sealed under the key of whom it is
-- for. It goes with its code, and with the person.
create table letters (
  verification_id uuid primary key references verifications (id) on delete cascade,
  content_sealed bytea not null,
  attempts integer not null default 0,
  next_at timestamptz not null,
  -- The mail server takes nothing for this address, now or later.
  refused_at timestamptz
);
create index letters_waiting on letters (next_at) where refused_at is null;
