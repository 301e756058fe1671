CREATE TABLE coupons (id int PRIMARY KEY);
