-- Wrong tries of a PIN, at whatever screen: those at one screen are slowed down (failed_attempts), which alone would let
-- somebody patient go through all of them. A PIN that was tried too often is removed; another one is set with the password.
alter table pins
  -- Since the last right one.
  add column wrong_in_a_row integer not null default 0,
  -- Right ones between or not.
  add column wrong_in_all integer not null default 0,
  -- When the first of both came; after 30 days they begin anew.
  add column wrong_since timestamptz;
