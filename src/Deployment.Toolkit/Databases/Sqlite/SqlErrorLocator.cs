namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>Finds the place in a statement that an error message of SQLite is about, which the message itself doesn't tell.</summary>
internal static class SqlErrorLocator
{
    /// <summary>Finds the place.</summary>
    /// <param name="statement">The statement that failed.</param>
    /// <param name="message">The driver's message.</param>
    /// <param name="prepareError">Prepares a text without executing it: the driver's message, or null when it could be prepared.</param>
    /// <returns>Line and column in the script; null when the message points nowhere.</returns>
    public static (int Line, int Column)? Locate(SqlStatement statement, string message, Func<string, string?> prepareError)
    {
        if (Find(statement.Text, Unwrap(message), prepareError) is not { } offset)
            return null;

        var (line, column) = new LineCursor(statement.Text).MoveTo(offset);
        return (statement.Line + line - 1, line == 1 ? statement.Column + column - 1 : column);
    }

    private static int? Find(string text, string error, Func<string, string?> prepareError)
    {
        if (error == "incomplete input")
            return text.Length;

        SqliteToken[] tokens = [.. SqliteTokenizer.ReadSignificant(text)];
        if (Between(error, "near \"", "\": syntax error") is { } near)
            return FindSyntaxError(text, tokens, near, end => prepareError(text[..end]) is { } other && Unwrap(other) == error);
        if (Between(error, "unrecognized token: \"", "\"") is { } illegal)
            return tokens.Where(t => (t.Kind is SqliteTokenKind.Illegal || !t.IsClosed) && t.In(text).SequenceEqual(illegal)).FirstStart();
        return SqliteNameLocator.Find(text, tokens, error);
    }

    private static int? FindSyntaxError(string text, SqliteToken[] tokens, string near, Func<int, bool> failsWhenCutAt)
    {
        // '->' is one token since SQLite 3.38 and two before it, and which SQLite made the message is not known here.
        var isArrow = near.StartsWith("->", StringComparison.Ordinal);
        SqliteToken[] found =
        [
            .. tokens.Where(token => token.In(text).SequenceEqual(near) || (isArrow && text.AsSpan(token.Start).StartsWith(near))),
        ];
        if (found.Length < 2)
            return found.FirstStart();

        // Some pragmas act when they are prepared, so a piece of one is not prepared to find a place.
        if (tokens.Take(4).Any(token => token.Is(text, "PRAGMA")))
            return null;

        // What is cut off behind the culprit fails as the whole does, what is cut off before it doesn't: so halving finds
        // the first that fails, and a statement with a million commas is prepared twenty times instead of a million.
        var (low, high) = (0, found.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (failsWhenCutAt(found[middle].Start + near.Length))
                high = middle;
            else
                low = middle + 1;
        }

        return failsWhenCutAt(found[low].Start + near.Length) ? found[low].Start : null;
    }

    private static int? FirstStart(this IEnumerable<SqliteToken> tokens) =>
        tokens.Select(static token => (int?)token.Start).FirstOrDefault();

    // Microsoft.Data.Sqlite says: SQLite Error 1: 'near "TABEL": syntax error'.
    private static string Unwrap(string message)
    {
        var quote = message.IndexOf(": '", StringComparison.Ordinal);
        var isWrapped = message.StartsWith("SQLite Error ", StringComparison.Ordinal) && message.EndsWith("'.", StringComparison.Ordinal);
        return isWrapped && quote >= 0 ? message[(quote + 3)..^2] : message;
    }

    private static string? Between(string error, string before, string after) =>
        error.Length >= before.Length + after.Length
        && error.StartsWith(before, StringComparison.Ordinal)
        && error.EndsWith(after, StringComparison.Ordinal)
            ? error[before.Length..^after.Length]
            : null;
}
