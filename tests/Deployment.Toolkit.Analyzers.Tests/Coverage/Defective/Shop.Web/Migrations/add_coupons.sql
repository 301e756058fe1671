{|DTK5002:CREATE TABLE coupons (id bigint PRIMARY KEY);|}
