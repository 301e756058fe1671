using System.Text;

namespace Deployment.Toolkit.Tests.Databases;

/// <summary>Makes up scripts: pieces of SQL that hide semicolons and quotes, put together and then damaged.</summary>
internal static class SqliteScripts
{
    private static readonly string[] Statements =
    [
        "SELECT 1", "SELECT ';'", "select 'it''s;' as \"a;\"\"b\", [c;]", "SELECT x'3b3B', `d;`", "VALUES (1.5e3), (.5), (0x1F)",
        "CREATE TABLE x(a, b DEFAULT ';')", "CREATE TEMP TABLE [x;y](a)", "CREATE VIEW w AS SELECT CASE WHEN 1 THEN ';' END",
        "CREATE TRIGGER t AFTER INSERT ON log BEGIN SELECT 1; END", "EXPLAIN SELECT 1", "SELECT ?1, :a, @b, $c::d(;)",
        "CREATE TEMP TRIGGER IF NOT EXISTS t INSERT ON log BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM log WHERE 0; END",
        "CREATE TRIGGER \"t;\" INSERT ON log WHEN 1 BEGIN UPDATE log SET text = '; END;'; SELECT 1;\n/* ; END; */ END",
        "INSERT INTO log VALUES (1, 'größe 🙂;')", "DELETE FROM log", "BEGIN", "COMMIT", "SAVEPOINT a", "VACUUM", "END",
    ];

    private static readonly string[] Trivia =
        [" ", "\n", "\r\n", "\r", "\t", "/* ; ' */", "-- ; '\n", "-- \"\r\n", "/**/", "/*/ ; */", ";", " \v", "\f", "/* -- */"];

    private static readonly string[] Damage =
    [
        "'", "\"", "`", "[", "]", ";", "--", "/*", "*/", "x'", "$a(", "?", "@", ":", "END", "; END ;", "CREATE TRIGGER", "BEGIN", "\0",
        "\r", "\n", "\uFEFF", "\uD83D", "\uDE42", "\u00A0", "\v", "(", ")", "0x", "1e", "!", "\\", "PRAGMA journal_mode=", "PRAGMA a.", ".",
    ];

    /// <summary>The script of a seed; two in three are damaged.</summary>
    public static string Make(int seed)
    {
        var random = new Random(seed);
        var script = new StringBuilder(random.Next(10) == 0 ? "\uFEFF" : "");
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            for (var trivia = random.Next(4); trivia > 0; trivia--)
                script.Append(Pick(random, Trivia));
            script.Append(Pick(random, Statements)).Append(Pick(random, Trivia)).Append(';');
        }

        if (random.Next(4) == 0)
            script.Append(Pick(random, Statements));
        for (var damages = random.Next(3) * random.Next(1, 4); damages > 0; damages--)
        {
            var at = random.Next(script.Length);
            _ = random.Next(3) switch
            {
                0 => script.Remove(at, random.Next(Math.Min(8, script.Length - at))),
                1 => script.Insert(at, Pick(random, Damage)),
                _ => script.Replace(script[at], (char)random.Next(0x2000), at, 1),
            };
        }

        return script.ToString();
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
