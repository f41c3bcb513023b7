create table orders (customer bytea not null);
