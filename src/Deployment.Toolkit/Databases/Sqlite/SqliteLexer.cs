namespace Deployment.Toolkit.Databases;

/// <summary>
/// Cuts a script for SQLite into its statements, without a database, and says what cannot work. Any text will do: what isn't
/// SQL is left for SQLite to refuse, at the right place.
/// </summary>
internal static class SqliteLexer
{
    /// <summary>Reads a script.</summary>
    /// <param name="text">The script, with or without a byte order mark.</param>
    public static SqlScript Read(string text) => new SqliteScriptReader(text.StartsWith('\uFEFF') ? text[1..] : text).Read();
}
