-- Who bought what.
CREATE TABLE carts (id bigint PRIMARY KEY);
