-- Who bought what.
CREATE TABLE carts (id int PRIMARY KEY);
