-- The paired device at which a charge is paid, which chooses the card terminal; and what a person there has to know.
alter table order_charges add column device_id uuid, add column detail text;
