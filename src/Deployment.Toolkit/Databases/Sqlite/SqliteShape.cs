using System.Text;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// What makes an object, in a form in which two texts that mean the same are the same: without comments, quotes of names and line ends, and
/// of a table a line for each column and constraint, in the order of their texts.
/// </summary>
internal static class SqliteShape
{
    internal static IReadOnlyList<string> Of(string sql)
    {
        var tokens = SqliteTokenizer.ReadSignificant(sql).ToList();
        var isTable = tokens.Take(3).Any(token => token.Is(sql, "TABLE")) && !tokens.Take(2).Any(token => token.Is(sql, "VIRTUAL"));
        if (!isTable)
            return [Write(sql, tokens)];

        var open = tokens.FindIndex(token => token.Is(sql, "("));
        if (open < 0)
            return [Write(sql, tokens)];

        var parts = new List<string>();
        var (depth, from, at) = (1, open + 1, open + 1);
        for (; at < tokens.Count && depth > 0; at++)
        {
            depth +=
                tokens[at].Is(sql, "(") ? 1
                : tokens[at].Is(sql, ")") ? -1
                : 0;
            if (depth == 0 || (depth == 1 && tokens[at].Is(sql, ",")))
            {
                parts.Add(Write(sql, tokens[from..at]));
                from = at + 1;
            }
        }

        parts.Sort(StringComparer.Ordinal);
        if (at < tokens.Count)
            parts.Add(Write(sql, tokens[at..]));
        return parts;
    }

    private static string Write(string sql, List<SqliteToken> tokens)
    {
        var text = new StringBuilder();
        foreach (var token in tokens)
            text.Append(text.Length == 0 ? "" : " ").Append(token.IsName ? token.NameIn(sql).ToLowerInvariant() : token.In(sql).ToString());
        return text.ToString();
    }
}
