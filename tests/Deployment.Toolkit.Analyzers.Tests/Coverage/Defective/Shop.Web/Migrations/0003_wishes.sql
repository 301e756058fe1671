{|DTK5002:CREATE TABLE wishes (id bigint PRIMARY KEY);|}
