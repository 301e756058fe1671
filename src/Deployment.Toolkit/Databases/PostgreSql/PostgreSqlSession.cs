using System.Collections.Frozen;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Tells what a script may leave on its connection.</summary>
internal static class PostgreSqlSession
{
    /// <summary>Takes back what was set, in a transaction or outside of one: the role first, whose rights the rest may need.</summary>
    internal const string Reset = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL";

    // Those of a transaction have xact in their names.
    private static readonly string[] SessionLocks = ["pg_advisory_lock", "pg_try_advisory_lock"];

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

    /// <summary>Which of scripts need a session that lasts, and why, as the end of a sentence; <see langword="null"/> when none
    /// does.</summary>
    internal static string? NeedingOne(IReadOnlyList<(string Title, string Script, bool IsOutside)> scripts)
    {
        foreach (var (title, script, isOutside) in scripts)
        {
            if (isOutside)
                return $"{title} runs outside a transaction, where nothing could keep two deployments from doing the same.";
            if (PostgreSqlLexer.Read(script).Statements.Select(Leftover).FirstOrDefault(static found => found is not null) is { } what)
                return $"{title} leaves {what} with the session, which is another's behind the transaction.";
        }

        return null;
    }

    // What is set is set back before the commit.
    private static string? Leftover(SqlStatement statement)
    {
        var words = new PostgreSqlWords(statement.Text);
        if (words.Take("CREATE"))
            return
                words.TakeAny("LOCAL", "GLOBAL") is var _
                && words.TakeAny("TEMP", "TEMPORARY")
                && !(words.Has("COMMIT") && words.Has("DROP"))
                ? "something temporary"
                : null;
        if (words.Take("LISTEN"))
            return "LISTEN";
        if (words.Take("PREPARE"))
            return "a prepared statement";
        if (words.Take("LOAD"))
            return "a library";
        if (words.Take("DECLARE"))
            return words.Has("HOLD") ? "a cursor" : null;
        return SessionLocks.Any(name => statement.Text.Contains(name, StringComparison.OrdinalIgnoreCase)) ? "an advisory lock" : null;
    }
}
