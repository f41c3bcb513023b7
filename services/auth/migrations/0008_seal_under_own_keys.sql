-- Each person gets a data key of their own, which seals name, e-mail and CPF; it stands here wrapped by the master key,
-- which is not in this database. Destroying the row's key destroys what it sealed, in every copy of the row.
-- `data_key_id` names the master key, so that a job finds the rows that are still under another one. Rows without a
-- data key are from before: their fields are under the master key itself, their name is readable; the same job moves
-- them over.
alter table people
  add column name_sealed bytea,
  add column data_key bytea,
  add column data_key_id bytea,
  drop constraint people_anonymous_have_no_data,
  add constraint people_anonymous_have_no_data check (
    level is distinct from 'anonymous'
    or num_nonnulls(name, name_sealed, email_sealed, email_index, cpf_sealed, cpf_index, data_key, data_key_id,
      password_hash, consented_at) = 0
  ),
  add constraint people_name_once check (num_nonnulls(name, name_sealed) <= 1),
  add constraint people_sealed_under_a_key check (name_sealed is null or data_key is not null),
  add constraint people_data_key_of_a_master check ((data_key is null) = (data_key_id is null));

create index people_by_data_key on people (data_key_id, id) where email_index is not null;
