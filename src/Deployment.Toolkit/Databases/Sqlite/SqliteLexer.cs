namespace Deployment.Toolkit.Databases;

/// <summary>
/// Cuts a script for SQLite into its statements, without a database, and says what cannot work. Any text will do: what isn't
/// SQL is left for SQLite to refuse, at the right place.
/// </summary>
internal static class SqliteLexer
{
    /// <summary>Reads a script.</summary>
    /// <param name="text">The script, with or without a byte order mark.</param>
    /// <param name="isOutsideTransaction">Whether it is to run outside a transaction, where other statements can't stand.</param>
    public static SqlScript Read(string text, bool isOutsideTransaction = false) =>
        new SqliteScriptReader(text.StartsWith('\uFEFF') ? text[1..] : text, isOutsideTransaction).Read();

    /// <summary>Whether a script holds a statement, and not only comments and semicolons. It reads no further than that.</summary>
    /// <param name="text">The script, with or without a byte order mark.</param>
    public static bool HasStatement(string text) => SqliteTokenizer.ReadSignificant(text).Any(static token => token.Kind is not SqliteTokenKind.Semicolon);
}
