-- How often something was asked within a window, counted by all processes together. Unlogged: a crash of the server
-- forgets the counts, which costs one window, and nothing is written twice. `key` is a digest of the limit's name and of
-- whom it counts, so that no address stands here.
create unlogged table rate_limits (
  key bytea primary key,
  used integer not null,
  ends_at timestamptz not null
) with (fillfactor = 70);
