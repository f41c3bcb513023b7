-- Staff who may not come in any more. They stay where orders and the audit trail speak of them.
create table disabled_people (
  person_id uuid primary key references people (id) on delete cascade,
  disabled_at timestamptz not null
);

-- Somebody is asked to join: whoever has the code makes the account, once. The e-mail is sealed under a key of the
-- invitation's own; a keyed digest tells whether somebody is asked twice. Of the code only a digest stands here.
create table invitations (
  id uuid primary key,
  role text not null check (role in ('kitchen', 'cashier', 'manager', 'admin')),
  email_sealed bytea not null,
  data_key bytea not null,
  email_index bytea not null,
  code_digest bytea not null,
  invited_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  creation_key bytea,
  creation_fingerprint bytea,
  constraint invitations_creation_key_with_fingerprint check ((creation_key is null) = (creation_fingerprint is null))
);

create unique index invitations_code_unique on invitations (code_digest);
create unique index invitations_creation_key_unique on invitations (creation_key) where creation_key is not null;
create unique index invitations_open_once on invitations (email_index)
  where accepted_at is null and revoked_at is null;
create index invitations_by_end on invitations (expires_at);

-- An administrator lets somebody choose a new password: good once, for a day.
create table password_resets (
  person_id uuid primary key references people (id) on delete cascade,
  code_digest bytea not null unique,
  expires_at timestamptz not null
);
