-- Access tokens that are taken back before they end. Every service reads the whole list every few seconds, so it holds
-- only what can still matter: a row goes when no token it speaks of can be alive.
create table revocations (
  kind text not null check (kind in ('token', 'subject')),
  -- `token`: the jti of one token. `subject`: whose tokens, of those issued up to not_before.
  value text not null,
  not_before timestamptz,
  expires_at timestamptz not null,
  primary key (kind, value),
  constraint revocations_of_a_subject_have_a_time check ((kind = 'subject') = (not_before is not null))
);

create index revocations_by_end on revocations (expires_at);
