-- What the shop has put beside each paired device. A row that says nothing is not kept.
create table points_of_sale (
  device_id uuid primary key,
  -- The provider's point of sale ("caixa") whose QR is shown there; null is the shop's default one.
  external_pos_id text,
  -- The card terminal that takes the device's charges; several devices may use one.
  terminal_id text,
  updated_at timestamptz not null,
  check (external_pos_id is not null or terminal_id is not null)
);
