using System.Diagnostics;
using CsCheck;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Tests.Lint;

public sealed class ScriptLintRobustnessTests
{
    private static readonly LintDialect[] Dialects = [PostgreSqlLint.Instance, SqliteLint.Instance];

    private static readonly string[] Pieces =
    [
        "(", ")", "'", "\"", "`", "[", "]", "$$", "$a$", ";", ",", ".", "*", "--", "/*", "*/", "\r", "\n", "\0", "\\", " ONLY ", " IF EXISTS ", " CASCADE ",
        "-- dtk-allow DTK5003: x\n", "-- dtk-allow", "-- dtk-disable-next-line DTK5004: y\r", "ALTER TABLE ", "DROP ", "ADD ", "CONSTRAINT ", "DO $$ BEGIN ", " END $$;", "CREATE INDEX ", "U&\"", "E'\\",
    ];

    [Fact]
    public void No_damage_makes_it_throw_or_find_something_outside_of_the_script() =>
        Mutations.Of([.. ScriptLintTests.Scripts.Select(static row => row.Data.Item3)], Pieces, atMost: 6).Sample(
            static script =>
            {
                foreach (var dialect in Dialects)
                {
                    foreach (var finding in ScriptLint.Judge(dialect, script, new LintRun(), isOutside: false))
                        Assert.True(finding.Start >= 0 && finding.End >= finding.Start && finding.End <= script.Length && finding.Text.Length > 0);
                    Assert.NotNull(dialect.Misplaced(script, dialect.RunsOutside(script)).ToList());
                }
            },
            iter: FullRun.Times(1_000, full: 60_000));

    public static TheoryData<string> Hostile =>
    [
        "DROP TABLE t;", "DROP TABLE a, b CASCADE;", "(", "((((", "[", "'", "''", "\"", "$$", "$a$ ", "DO $$", "DO $$ BEGIN ", "BEGIN ", "THEN ", "/*", "-- x\n", "-- dtk-allow DTK5003: x\n", "-- dtk-allow DTK5003: x\r",
        "-- dtk-disable-next-line DTK5003: x\r", "-- dtk-allow\n", "SELECT 1; -- dtk-allow DTK5003: x\r", "ALTER TABLE t ADD COLUMN c int DEFAULT random(), ", "ALTER TABLE t ADD COLUMN a serial, DROP COLUMN b, ",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (a) NOT VALID;", "ALTER TABLE t RENAME TO u;", "CREATE TABLE t (a int, ", "a.", "CREATE INDEX ON t (a);", "UPDATE t SET a = 1;", ", ", "DROP INDEX a,", "CREATE VIEW v AS ", "DROP VIEW v;", "\r", ";",
    ];

    // Two scripts of which one is 16 times the other: 16 times the memory where the work is linear, 256 where it is quadratic; what walks without
    // allocating is found by the deadline, which a linear reader keeps a hundred times over.
    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_script_costs_as_much_as_it_is_long(string piece)
    {
        foreach (var dialect in Dialects)
        {
            _ = Cost(dialect, Many(piece, 20_000));
            var (small, large) = (Cost(dialect, Many(piece, 20_000)), Cost(dialect, Many(piece, 320_000)));
            Assert.True(large.Bytes < 40 * small.Bytes, $"{dialect.GetType().Name} takes {small.Bytes} and {large.Bytes} bytes for {piece}");
            Assert.True(large.Time < TimeSpan.FromSeconds(20), $"{dialect.GetType().Name} takes {large.Time} for {piece}");
        }
    }

    private static string Many(string piece, int length) => string.Concat(Enumerable.Repeat(piece, length / piece.Length));

    private static (long Bytes, TimeSpan Time) Cost(LintDialect dialect, string script)
    {
        var (before, watch) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
        _ = ScriptLint.Judge(dialect, script, new LintRun(), isOutside: false);
        return (GC.GetAllocatedBytesForCurrentThread() - before, watch.Elapsed);
    }
}
