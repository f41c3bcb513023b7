-- Sign-ins that can be renewed (RFC 6749 §6). A session is one family of refresh tokens: each renewal spends the one
-- before, and a spent one that comes again ends the whole family.
create table sessions (
  id uuid primary key,
  subject_kind text not null check (subject_kind in ('person', 'device')),
  subject uuid not null,
  created_at timestamptz not null,
  -- However often it is renewed, it ends here; null for a device, which lives until it is revoked.
  expires_at timestamptz,
  ended_at timestamptz
);

create index sessions_by_subject on sessions (subject) where ended_at is null;
create index sessions_by_end on sessions (expires_at) where expires_at is not null;

-- A refresh token is 32 random bytes of which only the digest stands here, next to the id of the access token that came
-- with it. `answer_sealed` is what a spent one was answered with, sealed under a key that is made from that very token:
-- whoever holds it can be given the same answer again, and whoever reads this table can do nothing with it.
create table refresh_tokens (
  digest bytea primary key,
  session_id uuid not null references sessions (id) on delete cascade,
  access_token_id text not null,
  access_expires_at timestamptz not null,
  expires_at timestamptz,
  spent_at timestamptz,
  successor bytea,
  answer_sealed bytea,
  constraint refresh_tokens_spent_for_a_successor check ((spent_at is null) = (successor is null))
);

create index refresh_tokens_by_session on refresh_tokens (session_id);
create index refresh_tokens_by_access_token on refresh_tokens (access_token_id);
create index refresh_tokens_spent on refresh_tokens (spent_at) where spent_at is not null;
