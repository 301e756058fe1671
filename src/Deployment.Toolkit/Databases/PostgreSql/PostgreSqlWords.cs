namespace Deployment.Toolkit.Databases.PostgreSql;

/// <inheritdoc/>
internal sealed class PostgreSqlWords(string text) : SqlWords<PostgreSqlToken>(text)
{
    private static readonly string[] s_joinsRows = ["FROM", "RETURNING"];

    protected override string[] JoinsRows => s_joinsRows;

    protected override string[] EndsValue => [];

    /// <summary>Whether it exchanges rows with whoever sent it.</summary>
    internal bool CopiesFromClient => StartsWith("COPY") && (Has("STDIN") || Has("STDOUT"));

    internal override string? TakeTable()
    {
        _ = Take("ONLY");
        var isWrapped = Take("(");
        if (TakeName() is not { } name)
            return null;

        while (Take("."))
        {
            if (TakeName() is not { } next)
                return null;
            name = $"{name}.{next}";
        }

        if (isWrapped && !Take(")"))
            return null;
        _ = Take("*");
        return name;
    }

    protected override PostgreSqlToken Read(int start) => PostgreSqlTokenizer.Read(Text, start);
}
