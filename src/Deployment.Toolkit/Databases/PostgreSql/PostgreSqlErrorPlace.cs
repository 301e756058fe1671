namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Finds the place in a script that an error is about.</summary>
internal static class PostgreSqlErrorPlace
{
    internal static (int Line, int Column)? Find(SqlStatement statement, Exception exception)
    {
        if ((PostgreSqlFault.PositionIn(statement.Text, exception) ?? InBlock(statement.Text, exception)) is not { } offset)
            return null;

        var (line, column) = new LineCursor(statement.Text).MoveTo(offset);
        return (statement.Line + line - 1, line == 1 ? statement.Column + column - 1 : column);
    }

    // DO $$ … $$: the server counts the lines of what stands between the tags.
    private static int? InBlock(string text, Exception exception)
    {
        if (
            PostgreSqlFault.LineOfBlock(exception) is not { } line
            || PostgreSqlTokenizer.ReadSignificant(text).FirstOrDefault(static token => token.Kind is PostgreSqlTokenKind.DollarString)
                is not { End: > 0 } body
        )
            return null;

        var (at, end) = body.BodyIn(text);
        for (; line > 1 && at < end; line--)
        {
            var next = text.IndexOf('\n', at, end - at);
            if (next < 0)
                return null;
            at = next + 1;
        }

        while (at < end && PostgreSqlCharacters.IsSpace(text[at]) && text[at] != '\n')
            at++;
        return at;
    }
}
