-- One row per comparison of our book with the provider's, for one business day.
create table reconciliations (
  id uuid primary key,
  -- Same key, same run: the clock's is the day itself, a person's is theirs.
  key text not null constraint reconciliations_key unique,
  day date not null,
  started_by text not null check (started_by in ('daily', 'person')),
  status text not null check (status in ('queued', 'running', 'done', 'failed')),
  attempts integer not null default 0,
  requested_at timestamptz not null,
  available_at timestamptz not null default now(),
  lease_until timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  reason text,
  -- What was found: in figures, and line by line.
  summary json,
  items json
);
-- One run of a day at a time, and one run at all: together they ask the provider no faster than one.
create unique index reconciliations_under_way on reconciliations (day) where status in ('queued', 'running');
create unique index reconciliations_running on reconciliations (status) where status = 'running';
create index reconciliations_queued on reconciliations (available_at) where status = 'queued';
