CREATE TABLE products (id bigint PRIMARY KEY, name text, price numeric);
