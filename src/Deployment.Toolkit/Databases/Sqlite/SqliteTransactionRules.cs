using System;
using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>Knows the statements of SQLite that fail, or do nothing at all, inside a transaction.</summary>
internal static class SqliteTransactionRules
{
    private const string Where = "inside the transaction that every migration gets";

    private const int LongestWord = 9;

    private const string Marker = "add a line '-- transaction: none' to it";

    private static readonly Dictionary<string, string> Statements = Table(
        ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "VACUUM", "ATTACH", "DETACH"],
        static word =>
            word switch
            {
                "VACUUM" => $"Statement 'VACUUM' cannot run {Where}. Put it into a script of its own and {Marker}.",
                "ATTACH" or "DETACH" =>
                    $"Statement '{word}' cannot run {Where}. Remove it from the script: a migration changes the app's database and no "
                        + $"other.",
                _ => $"Statement '{word}' cannot run {Where}. Remove it from the script: the migration is committed or taken back as a "
                    + $"whole.",
            }
    );

    private static readonly Dictionary<string, string> Pragmas = Table(
        ["foreign_keys", "journal_mode", "page_size", "synchronous", "temp_store", "temp_store_directory", "wal_checkpoint"],
        static name =>
            name is "foreign_keys"
                ? $"Statement 'PRAGMA {name}' does nothing {Where}. To rebuild a table that others refer to, write '-- foreign-keys: "
                    + $"off' in its place: "
                    + "they are then not enforced while the script runs, and checked before its commit."
                : $"Statement 'PRAGMA {name}' cannot take effect {Where}. Put it into a script of its own and {Marker}."
    );

    private static readonly HashSet<string> Outside = new(["VACUUM", "PRAGMA", "REINDEX", "ANALYZE"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Why the statement cannot run in a migration's transaction; null when it can.</summary>
    /// <param name="statement">A statement that starts with its first significant token.</param>
    /// <param name="inClass">Whether it is one of a migration in C#, to which a script's markers don't apply.</param>
    public static string? Explain(string statement, bool inClass = false)
    {
        var first = SqliteTokenizer.Read(statement, 0);
        if (first.Kind is not SqliteTokenKind.Word)
            return null;
        var text =
            first.Is(statement, "PRAGMA") ? ExplainPragma(statement)
            : first.In(statement).Length <= LongestWord && Statements.TryGetValue(first.In(statement).ToString(), out var found) ? found
            : null;
        return !inClass || text is null
            ? text
            : text[..(text.IndexOf(". ", StringComparison.Ordinal) + 1)]
                + (
                    text.Contains("foreign_keys", StringComparison.Ordinal)
                        ? " Write ForeignKeysOff = true on the class's [Migration]."
                        : " Remove it from the class; what has to run outside a transaction is a script of its own."
                );
    }

    /// <summary>Why the statement may not stand in a script that runs outside a transaction; null when it may.</summary>
    /// <param name="statement">A statement that starts with its first significant token.</param>
    public static string? ExplainOutside(string statement)
    {
        var first = SqliteTokenizer.Read(statement, 0);
        var word = first.In(statement).ToString().ToUpperInvariant();
        if (!Outside.Contains(word))
            return $"Statement '{word}' stands in a script that runs outside a transaction, where a crash could leave half of it. Move "
                + $"it to a migration of its own, without '-- transaction: none'.";

        SqliteToken[] tokens = [.. SqliteTokenizer.ReadSignificant(statement).Take(8)];
        if (word == "VACUUM" && tokens.Any(token => token.Is(statement, "INTO")))
            return "Statement 'VACUUM INTO' writes another file, and fails when it is there already. Take a copy with 'deploy backup "
                + "create'.";
        return
            word == "PRAGMA"
            && tokens.Any(token =>
                token.Kind is SqliteTokenKind.Word or SqliteTokenKind.QuotedName
                && token.NameIn(statement).Equals("writable_schema", StringComparison.OrdinalIgnoreCase)
            )
            ? "Statement 'PRAGMA writable_schema' lets the catalogue be changed by hand, which no script may do. Remove it."
            : null;
    }

    /// <summary>The journal mode that a statement asks for; null when it asks for none.</summary>
    /// <param name="statement">A statement that starts with its first significant token.</param>
    public static string? WantedJournalMode(string statement)
    {
        SqliteToken[] tokens = [.. SqliteTokenizer.ReadSignificant(statement).Take(6)];
        if (tokens.Length < 4 || !tokens[0].Is(statement, "PRAGMA"))
            return null;

        var at = tokens.Length > 4 && tokens[2].Is(statement, ".") ? 3 : 1;
        return
            at + 2 < tokens.Length
            && tokens[at].IsName
            && tokens[at].NameIn(statement).Equals("journal_mode", StringComparison.OrdinalIgnoreCase)
            ? tokens[at + 2].In(statement).Trim("'\"").ToString()
            : null;
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
    private static Dictionary<string, string> Table(string[] words, Func<string, string> sentence) =>
        words.ToDictionary(static word => word, sentence, StringComparer.OrdinalIgnoreCase);
}
