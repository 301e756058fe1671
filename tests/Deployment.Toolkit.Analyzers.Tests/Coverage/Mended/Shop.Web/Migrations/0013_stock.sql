SET LOCAL lock_timeout = '5s';
-- dtk-allow DTK5003: the catalog has had it since 1.4
ALTER TABLE products DROP COLUMN price;
CREATE TABLE stock (at timestamptz);
CREATE INDEX stock_at ON stock (at);
