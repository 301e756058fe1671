using System.Collections.Frozen;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Tells what expressions depend on, and what calling them may do.</summary>
internal static class PostgreSqlCalls
{
    // Of these the answer depends on what they are given and nothing else; not so of random(), a clock, or what the app has made.
    private static readonly FrozenSet<string> Pure = new[]
    {
        "abs",
        "array",
        "any",
        "all",
        "btrim",
        "cardinality",
        "cast",
        "ceil",
        "ceiling",
        "char_length",
        "coalesce",
        "concat",
        "floor",
        "greatest",
        "jsonb_array_length",
        "least",
        "left",
        "length",
        "lower",
        "lpad",
        "ltrim",
        "mod",
        "nullif",
        "numeric",
        "position",
        "regexp_replace",
        "replace",
        "right",
        "round",
        "row",
        "rpad",
        "rtrim",
        "split_part",
        "starts_with",
        "strpos",
        "substr",
        "substring",
        "trim",
        "trunc",
        "upper",
        "varchar",
        "char",
        "decimal",
        "bit",
        "timestamp",
        "interval",
        "date_part",
        "extract",
        // No functions.
        "and",
        "between",
        "case",
        "else",
        "escape",
        "in",
        "is",
        "like",
        "ilike",
        "not",
        "or",
        "then",
        "when",
        "values",
        "similar",
    }.ToFrozenSet(StringComparer.Ordinal);

    // These change no row of a table.
    private static readonly FrozenSet<string> OfSequences = new[]
    {
        "setval",
        "nextval",
        "currval",
        "set_config",
        "current_setting",
        "count",
        "sum",
        "min",
        "max",
        "avg",
        "exists",
        "pg_get_serial_sequence",
        "from",
        "select",
        "on",
        "using",
        "as",
        "over",
        "filter",
        "join",
        "where",
        "pg_notify",
        "to_regclass",
        "now",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether all that an expression or a query calls is known to change no row.</summary>
    internal static bool AreHarmless(string text, IEnumerable<PostgreSqlToken> tokens)
    {
        PostgreSqlToken? before = null;
        foreach (var token in tokens)
        {
            if (before is { IsName: true } name && token.Is(text, "(") && !IsKnown(text, name))
                return false;
            // SELECT … INTO makes a table; the verbs are of WITH.
            if (token.Is(text, "INTO") || token.Is(text, "DELETE") || token.Is(text, "INSERT") || token.Is(text, "MERGE"))
                return false;
            before = token;
        }

        return true;
    }

    /// <summary>The condition, when it stands at the end and depends on nothing but the row.</summary>
    internal static string? Condition(PostgreSqlWords words)
    {
        if (!words.Take("WHERE") || words.IsAtEnd)
            return null;

        var text = words.Text;
        var start = words.Offset;
        PostgreSqlToken? before = null;
        foreach (var token in words.Left())
        {
            if (
                token.Kind
                is not (
                    PostgreSqlTokenKind.Word
                    or PostgreSqlTokenKind.QuotedName
                    or PostgreSqlTokenKind.String
                    or PostgreSqlTokenKind.Number
                    or PostgreSqlTokenKind.Operator
                )
            )
                return null;
            if (
                token.Is(text, "SELECT")
                || token.Is(text, "RETURNING")
                || token.Is(text, "CURRENT")
                || token.In(text).StartsWith("current_", StringComparison.OrdinalIgnoreCase)
                || token.In(text).StartsWith("local", StringComparison.OrdinalIgnoreCase)
                || token.Is(text, "session_user")
                || token.Is(text, "user")
                || (before is { IsName: true } name && token.Is(text, "(") && !Pure.Contains(name.NameIn(text)))
            )
                return null;
            before = token;
        }

        return text[start..].TrimEnd();
    }

    /// <summary>The columns that an UPDATE sets, and whether all to NULL; <see langword="null"/> when they can't be read.</summary>
    internal static (IReadOnlyList<string> Columns, bool ByNull)? Assignments(PostgreSqlWords words)
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

    private static bool IsKnown(string text, PostgreSqlToken name) =>
        name.NameIn(text) is var called && (Pure.Contains(called) || OfSequences.Contains(called));
}
