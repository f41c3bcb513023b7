-- Charges with a refund that is under way or failed: few, and looked at every few seconds. A column written with the
-- document, as the others; an expression over the document would fail at a NUL in a provider's answer.
alter table charges add column has_unsettled_refund boolean not null default false;
-- For what is there already a little too much is marked; its next change sets it right.
update charges set has_unsettled_refund = true where document::text ~ '"status":"(requested|in_process|failed)"';
create index charges_refund_unsettled on charges (id) where has_unsettled_refund;
