-- Money that needs somebody's eyes is searched for by its status. What nearly every order is or passes through stands
-- out: those are found among the newest at once, and a placed order pays for no index entry.
create index orders_by_payment_status on orders (payment_status, created_at, id)
  where payment_status in ('in_process', 'rejected', 'expired', 'refund_pending', 'partially_refunded', 'refunded',
    'charged_back');
