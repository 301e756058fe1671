namespace Deployment.Toolkit.Databases.Tests.Rehearsal;

/// <summary>A migration of PostgreSQL that is made up, with its way back, and what was broken of that.</summary>
internal sealed record MadeUpMigration(string Up, string Down, string? Break)
{
    /// <summary>What is there before.</summary>
    internal const string Before = """
        CREATE TYPE level AS ENUM ('low', 'high');
        CREATE TABLE courses (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL, price numeric(8, 2) NOT NULL DEFAULT 0, level level);
        CREATE TABLE lessons (id int PRIMARY KEY, course bigint NOT NULL CONSTRAINT lessons_course REFERENCES courses (id), title varchar(40));
        CREATE TABLE answers (id serial PRIMARY KEY, lesson int, score int, at timestamptz DEFAULT now());
        CREATE TABLE words (word text PRIMARY KEY, uses int NOT NULL DEFAULT 0);
        CREATE TABLE notes (id int PRIMARY KEY, body text CONSTRAINT short CHECK (length(body) < 30), kind text DEFAULT 'plain', big bigint);
        CREATE TABLE things (id serial PRIMARY KEY, name text);
        CREATE SEQUENCE tickets START 10;
        CREATE TABLE shared (id int PRIMARY KEY, open text);
        GRANT SELECT ON shared TO PUBLIC;
        COMMENT ON COLUMN shared.open IS 'for everybody';
        CREATE INDEX answers_lesson ON answers (lesson);
        CREATE VIEW rare AS SELECT word FROM words WHERE uses < 5;
        CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
        CREATE FUNCTION count_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE words SET uses = uses + 1; RETURN NEW; END $$;
        CREATE TRIGGER counted AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION count_words();
        INSERT INTO courses (title, price) VALUES ('numbers', 9.5), ('letters', 0);
        INSERT INTO lessons VALUES (1, 1, 'zero'), (2, 1, NULL), (3, 2, 'it''s a');
        INSERT INTO answers (lesson, score) VALUES (1, 10), (3, NULL);
        INSERT INTO words VALUES ('a', 1), ('b', 2);
        INSERT INTO notes VALUES (1, 'x', 'plain', 3000000000);
        INSERT INTO things (name) SELECT 'thing ' || n FROM generate_series(1, 20) AS n;
        SELECT setval('tickets', 57);
        """;

    // Each works on a thing of its own, so that any of them go together: what goes up, its way back, and a way back that is broken.
    private static readonly Change[] Changes =
    [
        // Forgotten altogether.
        new("ALTER TABLE courses ADD COLUMN slug text DEFAULT 's';", "ALTER TABLE courses DROP COLUMN slug;", ""),
        new("CREATE INDEX answers_score ON answers (score) WHERE score > 1;", "DROP INDEX answers_score;", ""),
        new("CREATE VIEW best AS SELECT id FROM answers WHERE score > 5;", "DROP VIEW best;", ""),
        new("CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM lessons;", "DROP MATERIALIZED VIEW totals;", ""),
        new("CREATE FUNCTION thrice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 3';", "DROP FUNCTION thrice(int);", ""),
        new("CREATE TRIGGER counted_too AFTER DELETE ON notes FOR EACH ROW EXECUTE FUNCTION count_words();", "DROP TRIGGER counted_too ON notes;", ""),
        new("ALTER TABLE notes ALTER COLUMN kind SET DEFAULT 'rich';", "ALTER TABLE notes ALTER COLUMN kind SET DEFAULT 'plain';", ""),
        new("ALTER TABLE words ADD CONSTRAINT some_uses CHECK (uses >= 0);", "ALTER TABLE words DROP CONSTRAINT some_uses;", ""),
        new("CREATE SEQUENCE orders;", "DROP SEQUENCE orders;", ""),
        new("CREATE SCHEMA shop; CREATE TABLE shop.carts (id int PRIMARY KEY);", "DROP TABLE shop.carts; DROP SCHEMA shop;", "DROP TABLE shop.carts;"),
        new("CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');", "DROP DOMAIN email;", ""),
        new("ALTER TABLE courses ALTER COLUMN level SET DEFAULT 'low';", "ALTER TABLE courses ALTER COLUMN level DROP DEFAULT;", ""),
        // Another than before.
        new("ALTER TABLE lessons RENAME COLUMN title TO name;", "ALTER TABLE lessons RENAME COLUMN name TO title;", "ALTER TABLE lessons RENAME COLUMN name TO titel;"),
        new("DROP INDEX answers_lesson;", "CREATE INDEX answers_lesson ON answers (lesson);", "CREATE INDEX answers_lesson ON answers (id);"),
        new("ALTER TABLE lessons DROP CONSTRAINT lessons_course;", "ALTER TABLE lessons ADD CONSTRAINT lessons_course FOREIGN KEY (course) REFERENCES courses (id);", "ALTER TABLE lessons ADD CONSTRAINT lessons_course FOREIGN KEY (course) REFERENCES courses (id) ON DELETE CASCADE;"),
        new("ALTER TABLE answers ALTER COLUMN score TYPE bigint;", "ALTER TABLE answers ALTER COLUMN score TYPE int;", "ALTER TABLE answers ALTER COLUMN score TYPE smallint;"),
        new("ALTER TABLE courses ALTER COLUMN price TYPE numeric(10, 4);", "ALTER TABLE courses ALTER COLUMN price TYPE numeric(8, 2);", "ALTER TABLE courses ALTER COLUMN price TYPE numeric(8, 0);"),
        new("CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n + n';", "CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';", "CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 4';"),
        new("DROP VIEW rare;", "CREATE VIEW rare AS SELECT word FROM words WHERE uses < 5;", "CREATE VIEW rare AS SELECT word FROM words WHERE uses < 6;"),
        new("ALTER TABLE notes DROP CONSTRAINT short;", "ALTER TABLE notes ADD CONSTRAINT short CHECK (length(body) < 30);", "ALTER TABLE notes ADD CONSTRAINT short CHECK (length(body) < 40);"),
        new("CREATE TABLE audit (id int PRIMARY KEY, what text NOT NULL);", "DROP TABLE audit;", "ALTER TABLE audit RENAME TO old_audit;"),
        new("DROP SEQUENCE tickets;", "CREATE SEQUENCE tickets START 10; SELECT setval('tickets', 57);", "CREATE SEQUENCE tickets START 11; SELECT setval('tickets', 57);"),
        // Rows lost, altered, left.
        new("INSERT INTO courses (title) VALUES ('new'), ('newer');", "DELETE FROM courses WHERE title IN ('new', 'newer');", "DELETE FROM courses WHERE title = 'new';"),
        new("UPDATE words SET uses = uses + 1;", "UPDATE words SET uses = uses - 1;", "UPDATE words SET uses = uses - 2;"),
        new("UPDATE answers SET score = -1 WHERE score IS NULL;", "UPDATE answers SET score = NULL WHERE score = -1;", "UPDATE answers SET score = 0 WHERE score = -1;"),
        new("CREATE TABLE tags (id int PRIMARY KEY, text text UNIQUE); INSERT INTO tags VALUES (1, 'x');", "DROP TABLE tags;", "DELETE FROM tags;"),
        new("ALTER TABLE notes DROP COLUMN big;", "ALTER TABLE notes ADD COLUMN big bigint; UPDATE notes SET big = 3000000000;", "ALTER TABLE notes ADD COLUMN big bigint;"),
        // What a table that is made anew loses.
        new("ALTER TABLE shared RENAME COLUMN open TO opened;", "ALTER TABLE shared RENAME COLUMN opened TO open;", "ALTER TABLE shared RENAME TO before_shared; ALTER INDEX shared_pkey RENAME TO before_shared_pkey; CREATE TABLE shared (id int PRIMARY KEY, open text); COMMENT ON COLUMN shared.open IS 'for everybody'; DROP TABLE before_shared;"),
        new("REVOKE SELECT ON words FROM PUBLIC; GRANT SELECT (word) ON words TO PUBLIC;", "REVOKE SELECT (word) ON words FROM PUBLIC;", "SELECT 1;"),
        new("COMMENT ON TABLE notes IS 'new';", "COMMENT ON TABLE notes IS NULL;", "COMMENT ON TABLE notes IS 'old';"),
        // A table that is made anew hands out its keys from the beginning.
        new("ALTER TABLE things ADD COLUMN note text;", "ALTER TABLE things DROP COLUMN note;", "ALTER TABLE things RENAME TO before; ALTER SEQUENCE things_id_seq RENAME TO before_id_seq; ALTER INDEX things_pkey RENAME TO before_pkey; CREATE TABLE things (id serial PRIMARY KEY, name text); INSERT INTO things SELECT id, name FROM before; DROP TABLE before;"),
    ];

    /// <summary>A change with its way back, and a way back that is broken.</summary>
    internal sealed record Change(string Up, string Down, string Broken);

    internal static MadeUpMigration Make(int seed) => Make(seed, Changes);

    internal static MadeUpMigration Make(int seed, Change[] changes)
    {
        var random = new Random(seed);
        var chosen = random.GetItems(Enumerable.Range(0, changes.Length).ToArray(), random.Next(1, 6)).Distinct().ToList();
        int? broken = random.Next(2) == 0 ? chosen[random.Next(chosen.Count)] : null;
        var up = chosen.Select(change => changes[change].Up);
        var down = chosen.AsEnumerable().Reverse().Select(change => change == broken ? changes[change].Broken : changes[change].Down).Where(static sql => sql.Length > 0);
        const string Rows = "-- changes-rows: courses, lessons, answers, words, tags, notes, things\n";
        return new MadeUpMigration(
            Rows + string.Join('\n', up), Rows + string.Join('\n', down.DefaultIfEmpty("SELECT 1;")), broken is { } place ? changes[place].Down + " became '" + changes[place].Broken + "'" : null);
    }
}
