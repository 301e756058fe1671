using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Databases.Sqlite;

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
    public static bool HasStatement(string text) =>
        SqliteTokenizer.ReadSignificant(text).Any(static token => token.Kind is not SqliteTokenKind.Semicolon);

    /// <summary>The <c>--</c> comments without the dashes, and where they begin.</summary>
    /// <param name="text">The script.</param>
    public static IEnumerable<(string Text, int Start)> Comments(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var token = SqliteTokenizer.Read(text, at);
            at = token.End;
            if (token.Kind is SqliteTokenKind.LineComment)
                yield return (token.In(text)[2..].ToString(), token.Start);
        }
    }
}
