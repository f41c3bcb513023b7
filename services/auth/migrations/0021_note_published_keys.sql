-- Since when the public half of each signing key can be read: a key that was put into the folder while auth was down must
-- not sign before the other services have it, and a restart must not make them wait anew.
create table published_keys (
  kid text primary key,
  published_at timestamptz not null
);
