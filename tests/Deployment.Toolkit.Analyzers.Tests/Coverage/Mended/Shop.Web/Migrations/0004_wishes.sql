CREATE TABLE wishes (id int PRIMARY KEY);
