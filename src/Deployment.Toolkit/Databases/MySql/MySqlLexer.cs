namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Cuts a script for MySQL or MariaDB into its statements, without a database, and says what cannot work. Any text will do: what isn't SQL
/// is left for the server to refuse, at the right place.
/// </summary>
internal static class MySqlLexer
{
    /// <summary>Reads a script.</summary>
    /// <param name="text">The script, with or without a byte order mark.</param>
    public static SqlScript Read(string text) => new MySqlScriptReader(text.StartsWith('\uFEFF') ? text[1..] : text).Read();

    /// <summary>Whether a script holds a statement, and not only comments and semicolons. It reads no further than that.</summary>
    public static bool HasStatement(string text) =>
        MySqlTokenizer.ReadWords(text).Any(static token => token.Kind is not MySqlTokenKind.Semicolon);

    /// <summary>The <c>--</c> and <c>#</c> comments without what begins them, and where they begin.</summary>
    public static IEnumerable<(string Text, int Start)> Comments(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var token = MySqlTokenizer.Read(text, at);
            at = token.End;
            if (token.Kind is MySqlTokenKind.LineComment)
                yield return (token.In(text)[(text[token.Start] == '#' ? 1 : 2)..].ToString(), token.Start);
        }
    }
}
