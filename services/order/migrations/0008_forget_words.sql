-- What guests wrote is forgotten after a while; these find it without reading every order there ever was. Both hold little:
-- most lines have no wish, few orders a reason, and what is forgotten leaves them.
create index order_items_with_words on order_items (order_id) where comment is not null;
create index order_feed_with_words on order_feed (at) where reason is not null and by = 'customer';
