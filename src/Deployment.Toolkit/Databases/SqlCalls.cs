namespace Deployment.Toolkit.Databases;

/// <summary>Tells what expressions depend on, and what calling them may do.</summary>
/// <param name="pure">Of these, functions and words, the answer depends on what they are given and nothing else.</param>
/// <param name="harmless">These change no row of a table.</param>
internal sealed class SqlCalls(IReadOnlySet<string> pure, IReadOnlySet<string> harmless)
{
    /// <summary>Whether all that an expression or a query calls is known to change no row.</summary>
    internal bool AreHarmless<TToken>(string text, IEnumerable<TToken> tokens)
        where TToken : struct, ISqlToken
    {
        TToken? before = null;
        foreach (var token in tokens)
        {
            if (before is { IsName: true } name && token.Is(text, "(") && !IsKnown(name.NameIn(text)))
                return false;
            // SELECT … INTO makes a table; the verbs are of WITH.
            if (token.Is(text, "INTO") || token.Is(text, "DELETE") || token.Is(text, "INSERT") || token.Is(text, "MERGE"))
                return false;
            before = token;
        }

        return true;
    }

    /// <summary>The condition, when it stands at the end and depends on nothing but the row.</summary>
    internal string? Condition<TToken>(SqlWords<TToken> words)
        where TToken : struct, ISqlToken
    {
        if (!words.Take("WHERE") || words.IsAtEnd)
            return null;

        var text = words.Text;
        var start = words.Offset;
        TToken? before = null;
        foreach (var token in words.Left())
        {
            if (!token.IsOfRow)
                return null;
            if (
                token.Is(text, "SELECT")
                || token.Is(text, "RETURNING")
                || token.Is(text, "CURRENT")
                || token.In(text).StartsWith("current_", StringComparison.OrdinalIgnoreCase)
                || token.In(text).StartsWith("local", StringComparison.OrdinalIgnoreCase)
                || token.Is(text, "session_user")
                || token.Is(text, "user")
                || (before is { IsName: true } name && token.Is(text, "(") && !pure.Contains(name.NameIn(text)))
            )
                return null;
            before = token;
        }

        return text[start..].TrimEnd();
    }

    /// <summary>The columns that an UPDATE sets, and whether all to NULL; <see langword="null"/> when they can't be read.</summary>
    internal static (IReadOnlyList<string> Columns, bool ByNull)? Assignments<TToken>(SqlWords<TToken> words)
        where TToken : struct, ISqlToken
    {
        // UPDATE items AS i SET
        if (!words.Take("SET"))
            return null;

        var columns = new List<string>();
        var byNull = true;
        do
        {
            if (words.TakeName() is not { } column || !words.Take("="))
                return null;

            columns.Add(column);
            var isNull = words.Take("NULL");
            byNull &=
                isNull && words.Here is var here && (here is null || here.Value.Is(words.Text, ",") || here.Value.Is(words.Text, "WHERE"));
            if (words.SkipToAssignmentEnd() is not { } end)
                return null;
            if (!end)
                break;
        } while (true);
        return (columns, byNull);
    }

    private bool IsKnown(string name) => pure.Contains(name) || harmless.Contains(name);
}
