using System;
using System.Linq;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Knows the statements of PostgreSQL that cannot run inside a transaction, or would end it.</summary>
internal static class PostgreSqlTransactionRules
{
    private const string Where = "inside the transaction that every migration gets";

    private static readonly string[] Controls = ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"];

    private static readonly string[] Beyonds = ["DATABASE", "TABLESPACE", "SUBSCRIPTION"];

    // What changes neither schema nor rows.
    private static readonly string[] Upkeep = ["VACUUM", "ANALYZE", "ANALYSE", "REINDEX", "CLUSTER", "CHECKPOINT", "SET", "RESET"];

    /// <summary>Why the statement cannot run in a migration's transaction; null when it can.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="inClass">Whether it is one of a migration in C#.</param>
    public static string? Explain(PostgreSqlWords statement, bool inClass = false)
    {
        if (EndsTransaction(statement))
            return $"Statement '{Title(statement)}' cannot run {Where}. Remove it from the "
                + $"{(inClass ? "class" : "script")}: the migration is committed or taken back as a whole.";
        if (statement.StartsWith("SET", "TRANSACTION"))
            return $"Statement 'SET TRANSACTION' comes too late {Where}: the history was read in it. Remove it.";
        if (ReachesBeyond(statement))
            return Beyond(statement);
        if (!IsOnlyOutside(statement))
            return null;
        return inClass
            ? $"Statement '{Title(statement)}' cannot run {Where}. Remove it from the class; what has to run outside a transaction is a "
                + "script of its own."
            : $"Statement '{Title(statement)}' cannot run {Where}. Put it into a script of its own: one that holds only such statements "
                + "runs outside a transaction.";
    }

    /// <summary>Why the statement may not stand in a script that runs outside a transaction; null when it may.</summary>
    public static string? ExplainOutside(PostgreSqlWords statement) =>
        MakesUnnamedIndex(statement)
            ? "Statement 'CREATE INDEX CONCURRENTLY' names no index. Give it a name: by it is found what is left when it breaks off."
        : ReachesBeyond(statement) ? Beyond(statement)
        : MayStandOutside(statement) ? null
        : $"Statement '{Title(statement)}' stands in a script that runs outside a transaction, where a crash could leave half of it. "
            + "Move it to a migration of its own, with nothing that has to run outside a transaction.";

    /// <summary>Whether a script holds what can only run outside a transaction, and nothing that can't.</summary>
    internal static bool RunsOutside(string script)
    {
        var statements = PostgreSqlLexer.Read(script).Statements;
        return statements.Any(static statement => IsOnlyOutside(new PostgreSqlWords(statement.Text)))
            && statements.All(static statement => MayStandOutside(new PostgreSqlWords(statement.Text)));
    }

    /// <summary>Whether a script changes neither schema nor rows.</summary>
    internal static bool LeavesAllAsItIs(string script) =>
        PostgreSqlLexer.Read(script).Statements.All(static statement => IsUpkeep(new PostgreSqlWords(statement.Text)));

    /// <summary>Whether PostgreSQL refuses it inside a transaction.</summary>
    internal static bool IsOnlyOutside(PostgreSqlWords statement)
    {
        if (
            statement.StartsWith("CREATE", "INDEX")
            || statement.StartsWith("CREATE", "UNIQUE", "INDEX")
            || statement.StartsWith("DROP", "INDEX")
        )
            return statement.Has("CONCURRENTLY");
        if (statement.StartsWith("REINDEX"))
            return statement.HasAnywhere("CONCURRENTLY") || statement.Has("SCHEMA") || statement.Has("DATABASE") || statement.Has("SYSTEM");
        if (statement.StartsWith("ALTER", "TYPE"))
            return statement.Has("VALUE") && statement.Has("ADD");
        if (statement.StartsWith("ALTER", "TABLE"))
            return statement.Has("DETACH") && (statement.Has("CONCURRENTLY") || statement.Has("FINALIZE"));
        if (statement.StartsWith("ALTER", "DATABASE"))
            return statement.Has("TABLESPACE");
        if (statement.StartsWith("CREATE") || statement.StartsWith("DROP"))
            return statement.StartsWith("CREATE", "DATABASE")
                || statement.StartsWith("DROP", "DATABASE")
                || statement.StartsWith("CREATE", "TABLESPACE")
                || statement.StartsWith("DROP", "TABLESPACE")
                || statement.StartsWith("CREATE", "SUBSCRIPTION")
                || statement.StartsWith("DROP", "SUBSCRIPTION");
        return statement.StartsWith("VACUUM")
            || statement.StartsWith("ALTER", "SYSTEM")
            || statement.StartsWith("COMMIT", "PREPARED")
            || statement.StartsWith("ROLLBACK", "PREPARED");
    }

    // What they make or drop is another database's, or the whole server's: nobody counts what goes with it, and nobody could bring it back.
    private static bool ReachesBeyond(PostgreSqlWords statement) =>
        Array.Exists(Beyonds, what => statement.StartsWith("CREATE", what) || statement.StartsWith("DROP", what));

    private static string Beyond(PostgreSqlWords statement) =>
        $"Statement '{Title(statement)}' reaches beyond this database, where a deployment counts nothing and can bring nothing back. Remove it, "
        + "and do it before by hand, or in a step of your own that has its own way back.";

    /// <summary>Whether it changes neither schema nor rows, so that it may be done again and has nothing to take back.</summary>
    internal static bool IsUpkeep(PostgreSqlWords statement) =>
        Array.Exists(Upkeep, word => statement.StartsWith(word)) || statement.StartsWith("ALTER", "SYSTEM");

    /// <summary>Whether it may stand in a script that runs outside a transaction, be it as it should or not.</summary>
    internal static bool MayStandOutside(PostgreSqlWords statement) =>
        IsOnlyOutside(statement) || (IsUpkeep(statement) && !statement.StartsWith("SET", "LOCAL"));

    // Nobody would find again what is left of it.
    private static bool MakesUnnamedIndex(PostgreSqlWords statement)
    {
        var words = new PostgreSqlWords(statement.Text);
        if (!words.Take("CREATE"))
            return false;
        _ = words.Take("UNIQUE");
        if (!words.Take("INDEX") || !words.Take("CONCURRENTLY"))
            return false;
        _ = words.TakeIf();
        return words.Take("ON");
    }

    private static bool EndsTransaction(PostgreSqlWords statement) =>
        Array.Exists(Controls, word => statement.StartsWith(word)) || statement.StartsWith("PREPARE", "TRANSACTION");

    private static string Title(PostgreSqlWords statement) =>
        EndsTransaction(statement) && !statement.StartsWith("PREPARE", "TRANSACTION") ? statement.Start(1)
        : statement.StartsWith("ALTER", "TYPE") ? "ALTER TYPE … ADD VALUE"
        : statement.StartsWith("ALTER", "TABLE") && statement.Has("DETACH") ? "ALTER TABLE … DETACH PARTITION"
        : statement.StartsWith("ALTER", "DATABASE") ? "ALTER DATABASE … SET TABLESPACE"
        : statement.StartsWith("VACUUM") ? "VACUUM"
        : statement.StartsWith("REINDEX") ? "REINDEX"
        : statement.Has("CONCURRENTLY") ? $"{statement.Start(1)} INDEX CONCURRENTLY"
        : statement.Start(2) is { Length: > 0 } words ? words
        : Shown(statement.Text);

    private static string Shown(string text) => text.Length > 20 ? text[..20] + "…" : text;
}
