-- Who bought what.
{|DTK5001:CREATE TABLE carts (id bigint PRIMARY KEY);|}
