-- Charges at which somebody may have to look for a reason that neither the status nor a refund tells: few among many.
-- Written with the document, as the others; what is there already gets its mark with its next change.
alter table charges add column is_unclear boolean not null default false;
create index charges_unclear on charges (id) where is_unclear;

-- What is only counted, a row for each kind and day: notices that nobody should have sent.
create table tallies (
  day date not null,
  kind text not null,
  count bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  resource text,
  primary key (day, kind)
);
