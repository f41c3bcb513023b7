-- When the kitchen refused a line, and when payment was asked to give its money back.
alter table order_items add column refused_at timestamptz, add column refund_asked_at timestamptz;
-- What was refused before this was written down is the cashier's task: nothing goes back by itself years later.
create index order_items_refused on order_items (refused_at) where refused_at is not null and refund_asked_at is null;
-- What of a charge is wanted or on its way back, as payment last said.
alter table order_charges add column refunding_cents integer not null default 0;
update order_charges set refunding_cents = amount_cents - refunded_cents where status = 'refund_pending';
