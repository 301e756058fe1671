{|DTK5002:DROP TABLE returns;|}
