SET LOCAL lock_timeout = '5s';
{|DTK5008:-- dtk-allow DTK5003|}
ALTER TABLE products {|DTK5003:DROP COLUMN price|};
{|DTK5004:CREATE INDEX products_name ON products (name)|};
CREATE TABLE stock ({|DTK5007:at timestamp|});
{|DTK5005:VACUUM|} products;
