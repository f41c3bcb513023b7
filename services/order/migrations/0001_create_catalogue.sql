-- The menu. `name_key` is the name as people compare it: without case and accents (the service makes it, by the same
-- rule that searching uses). Options, slots and the like are read and written only together with their product, so
-- they live in its `details`.
create table categories (
  id uuid primary key,
  name text not null,
  name_key text not null constraint categories_name_unique unique,
  position integer not null,
  enabled boolean not null
);

create table products (
  id uuid primary key,
  category_id uuid references categories (id) on delete set null,
  name text not null,
  price_cents integer not null check (price_cents between 0 and 1000000),
  position integer not null,
  enabled boolean not null,
  available boolean not null,
  details jsonb not null,
  -- A product is never removed while orders may refer to it; it only leaves the menu.
  deleted_at timestamptz,
  -- Only what left the menu may outlive its category.
  constraint products_live_have_category check (category_id is not null or deleted_at is not null)
);
create index products_live_by_category on products (category_id) where deleted_at is null;

-- Photos stand in the database, not on a disk: any process can serve them, and a backup holds them.
create table product_images (
  product_id uuid primary key references products (id),
  hash text not null,
  content_type text not null check (content_type in ('image/png', 'image/jpeg', 'image/webp')),
  bytes bytea not null
);
alter table product_images alter column bytes set storage external;

-- Raised in the transaction of every write of the menu: each process keeps the menu in memory and asks for this number
-- to learn that it is out of date. `filled` says that the menu once held something, so that the sample never returns.
create table catalogue_version (
  single boolean primary key default true check (single),
  version bigint not null,
  filled boolean not null
);
insert into catalogue_version (version, filled) values (1, false);
