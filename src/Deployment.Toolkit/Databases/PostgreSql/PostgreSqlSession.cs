using System.Collections.Frozen;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Tells what a script may leave on its connection.</summary>
internal static class PostgreSqlSession
{
    /// <summary>Takes back what was set, in a transaction or outside of one: the role first, whose rights the rest may need.</summary>
    internal const string Reset = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL";

    // A function may set anything.
    private static readonly FrozenSet<string> Leaves = new[]
    {
        "SET",
        "RESET",
        "LOAD",
        "LISTEN",
        "PREPARE",
        "EXECUTE",
        "DECLARE",
        "DISCARD",
        "DO",
        "CALL",
        "SELECT",
        "VALUES",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    internal static bool IsLeft(string script) =>
        PostgreSqlLexer
            .Read(script)
            .Statements.Any(static statement =>
            {
                var words = new PostgreSqlWords(statement.Text);
                return words.Here is { } first && Leaves.Contains(first.In(statement.Text).ToString())
                    || (words.Take("CREATE") && words.TakeAny("TEMP", "TEMPORARY", "LOCAL", "GLOBAL"))
                    || statement.Text.Contains("set_config", StringComparison.OrdinalIgnoreCase)
                    || statement.Text.Contains("pg_advisory_lock", StringComparison.OrdinalIgnoreCase);
            });
}
