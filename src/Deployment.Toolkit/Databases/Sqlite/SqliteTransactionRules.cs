using System.Collections.Frozen;

namespace Deployment.Toolkit.Databases;

/// <summary>Knows the statements of SQLite that fail, or do nothing at all, inside a transaction.</summary>
internal static class SqliteTransactionRules
{
    private const string Where = "inside the transaction that every migration gets";

    private static readonly FrozenDictionary<string, string> Statements = Table(
        ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "VACUUM", "ATTACH", "DETACH"],
        static word => word is "VACUUM" or "ATTACH" or "DETACH"
            ? $"Statement '{word}' cannot run {Where}. Remove it from the script and run it apart from migrations."
            : $"Statement '{word}' cannot run {Where}. Remove it from the script: the migration is committed or taken back as a whole.");

    private static readonly FrozenDictionary<string, string> Pragmas = Table(
        ["foreign_keys", "journal_mode", "page_size", "synchronous", "temp_store", "temp_store_directory", "wal_checkpoint"],
        static name => name is "foreign_keys"
            ? $"Statement 'PRAGMA {name}' does nothing {Where}. Write 'PRAGMA defer_foreign_keys = ON' to have them checked at its end."
            : $"Statement 'PRAGMA {name}' cannot take effect {Where}. Remove it from the script and run it apart from migrations.");

    /// <summary>Why the statement cannot run in a migration's transaction; null when it can.</summary>
    /// <param name="statement">A statement that starts with its first significant token.</param>
    public static string? Explain(string statement)
    {
        var first = SqliteTokenizer.Read(statement, 0);
        if (first.Kind is not SqliteTokenKind.Word)
            return null;
        if (first.Is(statement, "PRAGMA"))
            return ExplainPragma(statement);
        return Statements.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(first.In(statement), out var text) ? text : null;
    }

    // PRAGMA [schema.]name = value, or name(value). Without a value a pragma only reads, save wal_checkpoint, which acts.
    private static string? ExplainPragma(string statement)
    {
        SqliteToken[] tokens = [.. SqliteTokenizer.ReadSignificant(statement).Skip(1).Take(4)];
        var at = tokens.Length > 2 && tokens[1].Is(statement, ".") ? 2 : 0;
        if (at >= tokens.Length || !tokens[at].IsName || !Pragmas.TryGetValue(tokens[at].NameIn(statement), out var text))
            return null;

        var assigns = at + 1 < tokens.Length && (tokens[at + 1].Is(statement, "=") || tokens[at + 1].Is(statement, "("));
        return assigns || tokens[at].NameIn(statement).Equals("wal_checkpoint", StringComparison.OrdinalIgnoreCase) ? text : null;
    }

    // The sentences are made once: a script of a million BEGINs must not cost a million of them.
    private static FrozenDictionary<string, string> Table(string[] words, Func<string, string> sentence) =>
        words.ToFrozenDictionary(static word => word, sentence, StringComparer.OrdinalIgnoreCase);
}
