using System.Collections.Frozen;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Knows which statements the server commits by itself, with all that was before them, and which would end what a deployment holds open.
/// </summary>
internal static class MySqlStatementRules
{
    // These leave a transaction open, save where they call a routine that doesn't.
    private static readonly FrozenSet<string> Sharing = (
        "INSERT REPLACE UPDATE DELETE SELECT WITH VALUES TABLE SET DO SHOW EXPLAIN DESCRIBE DESC HANDLER SIGNAL "
        + "RESIGNAL GET PREPARE DEALLOCATE HELP"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // These change neither schema nor rows, so that they may be done again and have nothing to take back.
    private static readonly FrozenSet<string> Upkeep = (
        "SET SELECT VALUES SHOW EXPLAIN DESCRIBE DESC ANALYZE OPTIMIZE CHECK CHECKSUM REPAIR FLUSH CACHE HELP PREPARE " + "DEALLOCATE"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Controls = ["COMMIT", "ROLLBACK", "SAVEPOINT", "XA"];

    private static readonly string[] Beyonds =
    [
        "USE",
        "SHUTDOWN",
        "RESTART",
        "RESET",
        "CHANGE",
        "STOP",
        "INSTALL",
        "UNINSTALL",
        "PURGE",
        "BINLOG",
        "CLONE",
        "KILL",
        "BACKUP",
        "IMPORT",
    ];

    /// <summary>Why a statement can't stand in a migration; <see langword="null"/> when it can.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="inClass">Whether it is one of a migration in C#.</param>
    internal static string? Explain(MySqlWords statement, bool inClass = false)
    {
        var where = inClass ? "class" : "script";
        if (EndsTransaction(statement))
            return $"Statement '{statement.Start(1)}' cannot run inside the transaction that a deployment keeps around what it does and its note "
                + $"of that. Remove it from the {where}.";
        if (
            statement.StartsWith("SET")
            && (statement.Has("autocommit") || statement.Has("TRANSACTION") || NamesVariable(statement, "autocommit"))
        )
            return "Statement 'SET' changes how transactions begin and end, which the deployment does. Remove it.";
        if (LocksTables(statement))
            return $"Statement '{statement.Start(2)}' keeps the session from the tables that the deployment notes its progress in. Remove it: two "
                + "deployments never migrate at once, and what others write is kept out by the statements themselves.";
        if (ReachesBeyond(statement))
            return $"Statement '{statement.Start(2)}' reaches beyond this database, where a deployment counts nothing and can bring nothing back. "
                + "Remove it, and do it before by hand, or in a step of your own that has its own way back.";
        return !inClass || Shares(statement)
            ? null
            : $"Statement '{statement.Start(2)}' cannot run inside the transaction that a class gets: MySQL commits what was before it. Remove it "
                + "from the class, and put it into a script.";
    }

    /// <summary>Whether what it does can be taken back until the transaction around it is committed.</summary>
    internal static bool Shares(MySqlWords statement)
    {
        if (statement.Here is not { Kind: MySqlTokenKind.Word or MySqlTokenKind.Operator } first)
            return false;
        if (first.Is(statement.Text, "("))
            return true;
        if (statement.StartsWith("CREATE", "TEMPORARY", "TABLE") || statement.StartsWith("DROP", "TEMPORARY", "TABLE"))
            return true;
        if (statement.StartsWith("LOAD"))
            return true;
        // SET STATEMENT … FOR ALTER TABLE …
        if (statement.StartsWith("SET", "PASSWORD") || statement.StartsWith("SET", "STATEMENT") || statement.StartsWith("SET", "DEFAULT"))
            return false;
        return Sharing.Contains(first.In(statement.Text).ToString());
    }

    /// <summary>Whether a script runs statement by statement, because one of them commits by itself.</summary>
    internal static bool RunsOutside(string script) =>
        MySqlLexer.Read(script).Statements.Any(static statement => !Shares(new MySqlWords(statement.Text)));

    /// <summary>Whether it changes neither schema nor rows.</summary>
    internal static bool IsUpkeep(MySqlWords statement) =>
        statement.Here is { } first && Upkeep.Contains(first.In(statement.Text).ToString()) && !statement.StartsWith("SET", "PASSWORD");

    /// <summary>What a later session lacks of it.</summary>
    internal static SessionTrace TraceOf(MySqlWords statement)
    {
        if (statement.StartsWith("SET"))
            return SetsByLiterals(statement) ? SessionTrace.CanBeSetAgain : SessionTrace.IsLost;
        return
            statement.StartsWith("CREATE", "TEMPORARY")
            || statement.StartsWith("PREPARE")
            || (statement.HasVariable && !statement.StartsWith("CREATE") && !statement.StartsWith("ALTER"))
            ? SessionTrace.IsLost
            : SessionTrace.None;
    }

    private static bool SetsByLiterals(MySqlWords statement) =>
        !statement.HasVariable || !(statement.Has("(") || statement.HasAnywhere("SELECT"));

    private static bool EndsTransaction(MySqlWords statement) =>
        (statement.StartsWith("BEGIN") && !statement.StartsWith("BEGIN", "NOT"))
        || statement.StartsWith("START", "TRANSACTION")
        || statement.StartsWith("RELEASE", "SAVEPOINT")
        || Array.Exists(Controls, word => statement.StartsWith(word));

    private static bool LocksTables(MySqlWords statement) =>
        statement.StartsWith("LOCK")
        || statement.StartsWith("UNLOCK")
        || (statement.StartsWith("FLUSH") && (statement.HasAnywhere("LOCK") || statement.HasAnywhere("EXPORT")));

    // What they make or drop is another database's, or the whole server's: nobody counts what goes with it, and nobody could bring it back.
    private static bool ReachesBeyond(MySqlWords statement) =>
        statement.StartsWith("START")
        || Array.Exists(Beyonds, word => statement.StartsWith(word))
        || (statement.StartsWith("SET") && (statement.Has("GLOBAL") || statement.Has("PERSIST") || NamesVariable(statement, "global.")))
        || Array.Exists(
            (string[])["DATABASE", "SCHEMA", "TABLESPACE", "SERVER", "LOGFILE"],
            what => statement.StartsWith("CREATE", what) || statement.StartsWith("DROP", what)
        )
        || statement.StartsWith("CREATE", "OR", "REPLACE", "DATABASE")
        || statement.StartsWith("CREATE", "OR", "REPLACE", "SCHEMA");

    private static bool NamesVariable(MySqlWords statement, string name) =>
        statement.Variables.Any(variable =>
            variable.StartsWith("@@", StringComparison.Ordinal) && variable.Contains(name, StringComparison.OrdinalIgnoreCase)
        );
}
