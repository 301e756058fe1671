-- Who bought what.
{|DTK5001:CREATE TABLE carts (id int PRIMARY KEY);|}
