CREATE TABLE returns (id int PRIMARY KEY);
