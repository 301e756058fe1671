using System.Globalization;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Finds the place in a script that an error is about. The server tells a line only for what it can't parse, with the text that follows; of
/// other errors it names what is wrong.
/// </summary>
internal static class MySqlErrorPlace
{
    private const string Near = "near '";
    private const string AtLine = "' at line ";

    internal static (int Line, int Column)? Find(SqlStatement statement, Exception exception)
    {
        var offset =
            MySqlFault.NumberOf(exception) is MySqlFault.SyntaxError
                ? OfSyntax(statement.Text, exception.Message)
                : OfName(statement.Text, exception.Message);
        if (offset is not { } at)
            return null;

        var (line, column) = new LineCursor(statement.Text).MoveTo(at);
        return (statement.Line + line - 1, line == 1 ? statement.Column + column - 1 : column);
    }

    // "near 'FORM items' at line 3": the text from the place on, cut after some eighty characters. Behind the last word nothing is left.
    private static int? OfSyntax(string text, string message)
    {
        var begin = message.IndexOf(Near, StringComparison.Ordinal);
        var end = message.LastIndexOf(AtLine, StringComparison.Ordinal);
        if (begin < 0 || end < begin + Near.Length)
            return null;

        var rest = message[(begin + Near.Length)..end];
        if (!int.TryParse(message.AsSpan(end + AtLine.Length), CultureInfo.InvariantCulture, out var line))
            return null;

        var start = LineStart(text, line);
        if (rest.Length == 0)
            return text.Length;
        var found = text.IndexOf(rest, start, StringComparison.Ordinal);
        if (found < 0)
            found = text.IndexOf(rest, StringComparison.Ordinal);
        return found < 0 ? start : found;
    }

    private static int LineStart(string text, int line)
    {
        var at = 0;
        for (; line > 1; line--)
        {
            var next = text.IndexOf('\n', at);
            if (next < 0)
                return at;
            at = next + 1;
        }

        return at;
    }

    // "Unknown column 'nothere' in 'field list'": the first that is quoted, where it stands in the statement.
    private static int? OfName(string text, string message)
    {
        var begin = message.IndexOf('\'', StringComparison.Ordinal);
        var end = begin < 0 ? -1 : message.IndexOf('\'', begin + 1);
        if (end < 0)
            return null;

        var name = message[(begin + 1)..end];
        // 'database.table' and 'table.column'
        var bare = name[(name.LastIndexOf('.') + 1)..];
        foreach (var token in MySqlTokenizer.ReadWords(text))
        {
            if (token.IsName && token.NameIn(text) is var found && (Same(found, name) || Same(found, bare)))
                return token.Start;
        }

        return null;
    }

    private static bool Same(string left, string right) => left.Length > 0 && left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
