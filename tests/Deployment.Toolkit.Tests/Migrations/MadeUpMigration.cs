namespace Deployment.Toolkit.Tests.Migrations;

/// <summary>A migration that is made up, with its way back, and what was broken of that.</summary>
internal sealed record MadeUpMigration(string Up, string Down, string? Break)
{
    /// <summary>What is there before.</summary>
    internal const string Before = """
        CREATE TABLE courses (id INTEGER PRIMARY KEY, title TEXT NOT NULL, price REAL NOT NULL DEFAULT 0);
        CREATE TABLE lessons (id INTEGER PRIMARY KEY, course INTEGER NOT NULL REFERENCES courses (id), title TEXT, CHECK (length(title) < 100));
        CREATE TABLE answers (id INTEGER PRIMARY KEY, lesson INTEGER, score INTEGER);
        CREATE TABLE words (word TEXT PRIMARY KEY, uses INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX lessons_course ON lessons (course);
        INSERT INTO courses VALUES (1, 'numbers', 9.5), (2, 'letters', 0);
        INSERT INTO lessons VALUES (1, 1, 'zero'), (2, 1, NULL), (3, 2, 'it''s a');
        INSERT INTO answers VALUES (1, 1, 10), (2, 3, NULL);
        INSERT INTO words VALUES ('a', 1), ('b', 2);
        """;

    // Each works on a thing of its own, so that any of them go together: what goes up, its way back, and a way back that is broken.
    private static readonly (string Up, string Down, string Broken)[] Changes =
    [
        ("ALTER TABLE courses ADD COLUMN slug TEXT DEFAULT 's';", "ALTER TABLE courses DROP COLUMN slug;", ""),
        ("ALTER TABLE lessons RENAME COLUMN title TO name;", "ALTER TABLE lessons RENAME COLUMN name TO title;", "ALTER TABLE lessons RENAME COLUMN name TO titel;"),
        ("CREATE TABLE tags (id INTEGER PRIMARY KEY, text TEXT UNIQUE); INSERT INTO tags VALUES (1, 'x');", "DROP TABLE tags;", "DELETE FROM tags;"),
        ("CREATE INDEX answers_score ON answers (score) WHERE score > 1;", "DROP INDEX answers_score;", ""),
        ("DROP INDEX lessons_course;", "CREATE INDEX lessons_course ON lessons (course);", "CREATE INDEX lessons_course ON lessons (id);"),
        ("CREATE VIEW best AS SELECT * FROM answers WHERE score > 5;", "DROP VIEW best;", ""),
        ("CREATE TRIGGER counted AFTER INSERT ON answers BEGIN UPDATE words SET uses = uses + 1; END;", "DROP TRIGGER counted;", ""),
        ("INSERT INTO courses (id, title) VALUES (10, 'new'), (11, 'newer');", "DELETE FROM courses WHERE id IN (10, 11);", "DELETE FROM courses WHERE id = 10;"),
        ("UPDATE words SET uses = uses + 1;", "UPDATE words SET uses = uses - 1;", "UPDATE words SET uses = uses - 2;"),
        ("UPDATE answers SET score = -1 WHERE score IS NULL;", "UPDATE answers SET score = NULL WHERE score = -1;", "UPDATE answers SET score = 0 WHERE score = -1;"),
        ("ALTER TABLE answers ADD COLUMN at TEXT;", "ALTER TABLE answers DROP COLUMN at;", "ALTER TABLE answers RENAME COLUMN at TO moment;"),
        ("CREATE TABLE audit (id INTEGER PRIMARY KEY, what TEXT NOT NULL);", "DROP TABLE audit;", "ALTER TABLE audit RENAME TO old_audit;"),
    ];

    internal static MadeUpMigration Make(int seed)
    {
        var random = new Random(seed);
        var chosen = random.GetItems(Enumerable.Range(0, Changes.Length).ToArray(), random.Next(1, 5)).Distinct().ToList();
        int? broken = random.Next(2) == 0 ? chosen[random.Next(chosen.Count)] : null;
        var up = chosen.Select(static change => Changes[change].Up);
        var down = chosen.AsEnumerable().Reverse().Select(change => change == broken ? Changes[change].Broken : Changes[change].Down).Where(static sql => sql.Length > 0);
        const string Rows = "-- changes-rows: courses, lessons, answers, words, tags\n";
        return new MadeUpMigration(
            Rows + string.Join('\n', up), Rows + string.Join('\n', down.DefaultIfEmpty("SELECT 1;")), broken is { } place ? Changes[place].Down + " became '" + Changes[place].Broken + "'" : null);
    }
}
