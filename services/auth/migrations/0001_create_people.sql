-- Everybody auth knows: guests (with or without a name) and staff. E-mail and CPF are kept twice: sealed (AES-256-GCM,
-- readable with the key outside this database) and as a keyed digest, by which they are found and kept unique.
create table people (
  id uuid primary key,
  role text not null check (role in ('customer', 'kitchen', 'cashier', 'manager', 'admin')),
  level text check (level in ('anonymous', 'registered')),
  name text,
  email_sealed bytea,
  email_index bytea,
  cpf_sealed bytea,
  cpf_index bytea,
  password_hash text,
  consented_at timestamptz,
  created_at timestamptz not null,
  constraint people_level_belongs_to_customers check ((role = 'customer') = (level is not null)),
  constraint people_anonymous_have_no_data check (
    level is distinct from 'anonymous'
    or num_nonnulls(name, email_sealed, email_index, cpf_sealed, cpf_index, password_hash, consented_at) = 0
  ),
  constraint people_sealed_with_index check (
    (email_sealed is null) = (email_index is null) and (cpf_sealed is null) = (cpf_index is null)
  )
);

-- All partial: an anonymous guest, by far the most frequent row, costs one insert into the table and its primary key.
create unique index people_email_unique on people (email_index) where email_index is not null;
create unique index people_cpf_unique on people (cpf_index) where cpf_index is not null;
create index people_staff_by_role on people (role, id) where role <> 'customer';
create index people_registered on people (id) where level = 'registered';
