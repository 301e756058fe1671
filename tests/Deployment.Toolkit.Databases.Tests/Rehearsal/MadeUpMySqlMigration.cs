namespace Deployment.Toolkit.Databases.Tests.Rehearsal;

/// <summary>Migrations of MariaDB that are made up.</summary>
internal static class MadeUpMySqlMigration
{
    /// <summary>What is there before.</summary>
    internal static readonly string[] Before =
    [
        "CREATE TABLE courses (id bigint AUTO_INCREMENT PRIMARY KEY, title varchar(60) NOT NULL, price decimal(8, 2) NOT NULL DEFAULT 0, level enum('low', 'high'))",
        "CREATE TABLE lessons (id int PRIMARY KEY, course bigint NOT NULL, title varchar(40), CONSTRAINT lessons_course FOREIGN KEY (course) REFERENCES courses (id))",
        "CREATE TABLE answers (id int AUTO_INCREMENT PRIMARY KEY, lesson int, score int, at timestamp DEFAULT CURRENT_TIMESTAMP, KEY answers_lesson (lesson))",
        "CREATE TABLE words (word varchar(20) PRIMARY KEY, uses int NOT NULL DEFAULT 0)",
        "CREATE TABLE notes (id int PRIMARY KEY, body text, kind varchar(10) DEFAULT 'plain', big bigint, CONSTRAINT short CHECK (CHAR_LENGTH(body) < 30))",
        "CREATE TABLE shared (id int PRIMARY KEY, open text COMMENT 'for everybody')",
        "CREATE SEQUENCE tickets START WITH 10",
        "CREATE VIEW rare AS SELECT word FROM words WHERE uses < 5",
        "CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 2",
        "CREATE TRIGGER counted AFTER INSERT ON notes FOR EACH ROW UPDATE words SET uses = uses + 1",
        "INSERT INTO courses (title, price) VALUES ('numbers', 9.5), ('letters', 0)",
        "INSERT INTO lessons VALUES (1, 1, 'zero'), (2, 1, NULL), (3, 2, 'it''s a')",
        "INSERT INTO answers (lesson, score) VALUES (1, 10), (3, NULL)",
        "INSERT INTO words VALUES ('a', 1), ('b', 2)",
        "INSERT INTO notes VALUES (1, 'x', 'plain', 3000000000)",
    ];

    // Each works on a thing of its own, so that any of them go together: what goes up, its way back, and a way back that is broken.
    private static readonly MadeUpMigration.Change[] s_changes =
    [
        // Forgotten altogether.
        new("ALTER TABLE courses ADD COLUMN slug varchar(10) DEFAULT 's';", "ALTER TABLE courses DROP COLUMN slug;", ""),
        new("CREATE INDEX answers_score ON answers (score);", "DROP INDEX answers_score ON answers;", ""),
        new("CREATE VIEW best AS SELECT id FROM answers WHERE score > 5;", "DROP VIEW best;", ""),
        new("CREATE FUNCTION thrice(n int) RETURNS int DETERMINISTIC RETURN n * 3;", "DROP FUNCTION thrice;", ""),
        new("CREATE TRIGGER counted_too AFTER DELETE ON notes FOR EACH ROW UPDATE words SET uses = uses - 1;", "DROP TRIGGER counted_too;", ""),
        new("ALTER TABLE notes ALTER COLUMN kind SET DEFAULT 'rich';", "ALTER TABLE notes ALTER COLUMN kind SET DEFAULT 'plain';", ""),
        new("ALTER TABLE words ADD CONSTRAINT some_uses CHECK (uses >= 0);", "ALTER TABLE words DROP CONSTRAINT some_uses;", ""),
        new("CREATE SEQUENCE orders;", "DROP SEQUENCE orders;", ""),
        new("CREATE PROCEDURE tidy() DELETE FROM words WHERE uses = 0;", "DROP PROCEDURE tidy;", ""),
        new("ALTER TABLE courses ALTER COLUMN level SET DEFAULT 'low';", "ALTER TABLE courses ALTER COLUMN level DROP DEFAULT;", ""),
        // Another than before.
        new("ALTER TABLE lessons RENAME COLUMN title TO name;", "ALTER TABLE lessons RENAME COLUMN name TO title;", "ALTER TABLE lessons RENAME COLUMN name TO titel;"),
        new("DROP INDEX answers_lesson ON answers;", "CREATE INDEX answers_lesson ON answers (lesson);", "CREATE UNIQUE INDEX answers_lesson ON answers (lesson);"),
        new("ALTER TABLE lessons DROP FOREIGN KEY lessons_course;", "ALTER TABLE lessons ADD CONSTRAINT lessons_course FOREIGN KEY (course) REFERENCES courses (id);", "ALTER TABLE lessons ADD CONSTRAINT lessons_course FOREIGN KEY (course) REFERENCES courses (id) ON DELETE CASCADE;"),
        new("ALTER TABLE answers MODIFY score bigint;", "ALTER TABLE answers MODIFY score int;", "ALTER TABLE answers MODIFY score smallint;"),
        new("ALTER TABLE courses MODIFY price decimal(10, 4) NOT NULL DEFAULT 0;", "ALTER TABLE courses MODIFY price decimal(8, 2) NOT NULL DEFAULT 0;", "ALTER TABLE courses MODIFY price decimal(8, 0) NOT NULL DEFAULT 0;"),
        new("CREATE OR REPLACE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n + n;", "CREATE OR REPLACE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 2;", "CREATE OR REPLACE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 4;"),
        new("DROP VIEW rare;", "CREATE VIEW rare AS SELECT word FROM words WHERE uses < 5;", "CREATE VIEW rare AS SELECT word FROM words WHERE uses < 6;"),
        new("ALTER TABLE notes DROP CONSTRAINT short;", "ALTER TABLE notes ADD CONSTRAINT short CHECK (CHAR_LENGTH(body) < 30);", "ALTER TABLE notes ADD CONSTRAINT short CHECK (CHAR_LENGTH(body) < 40);"),
        new("CREATE TABLE audit (id int PRIMARY KEY, what text NOT NULL);", "DROP TABLE audit;", "RENAME TABLE audit TO old_audit;"),
        new("ALTER TABLE shared MODIFY open text COMMENT 'for us';", "ALTER TABLE shared MODIFY open text COMMENT 'for everybody';", "ALTER TABLE shared MODIFY open text;"),
        // Rows lost, altered, left.
        new("INSERT INTO courses (title) VALUES ('new'), ('newer');", "DELETE FROM courses WHERE title IN ('new', 'newer');", "DELETE FROM courses WHERE title = 'new';"),
        new("UPDATE words SET uses = uses + 1;", "UPDATE words SET uses = uses - 1;", "UPDATE words SET uses = uses - 2;"),
        new("UPDATE answers SET score = -1 WHERE score IS NULL;", "UPDATE answers SET score = NULL WHERE score = -1;", "UPDATE answers SET score = 0 WHERE score = -1;"),
        new("CREATE TABLE tags (id int PRIMARY KEY, text varchar(20) UNIQUE); INSERT INTO tags VALUES (1, 'x');", "DROP TABLE tags;", "DELETE FROM tags;"),
        new("ALTER TABLE notes DROP COLUMN big;", "ALTER TABLE notes ADD COLUMN big bigint AFTER kind; UPDATE notes SET big = 3000000000;", "ALTER TABLE notes ADD COLUMN big bigint AFTER kind;"),
    ];

    internal static MadeUpMigration Make(int seed) => MadeUpMigration.Make(seed, s_changes);
}
