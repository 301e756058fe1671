using System.Collections.Frozen;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>Tells what expressions depend on, and what calling them may do.</summary>
internal static class MySqlCalls
{
    // Of these the answer depends on what they are given and nothing else; not so of random(), a clock, or what the app has made.
    private static readonly FrozenSet<string> Pure = (
        "abs ascii binary bit_length cast ceil ceiling char char_length character_length coalesce concat concat_ws "
        + "convert cos crc32 date date_add date_format date_sub datediff day dayofmonth dayofweek dayofyear decimal div "
        + "elt exp extract field find_in_set floor format from_unixtime greatest hex hour if ifnull instr json_contains "
        + "json_extract json_length json_unquote json_value lcase least left length ln locate log lower lpad ltrim md5 "
        + "mid minute mod month nullif octet_length position pow power quarter regexp repeat replace reverse right rlike "
        + "round row rpad rtrim second sha sha1 sha2 sign signed sqrt str_to_date strcmp substr substring substring_index "
        + "timestampdiff trim truncate ucase unhex unsigned upper varchar week weekday year and between case else escape "
        + "in is like not or then when values xor interval on"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // These change no row of a table.
    private static readonly FrozenSet<string> OfSequences = (
        "setval nextval lastval currval count sum min max avg group_concat exists from select as over using join where "
        + "now current_timestamp last_insert_id database version connection_id user sleep row_number rank any_value "
        + "curdate curtime utc_timestamp unix_timestamp"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether all that an expression or a query calls is known to change no row.</summary>
    internal static bool AreHarmless(string text, IEnumerable<MySqlToken> tokens)
    {
        MySqlToken? before = null;
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
    internal static string? Condition(MySqlWords words)
    {
        if (!words.Take("WHERE") || words.IsAtEnd)
            return null;

        var text = words.Text;
        var start = words.Offset;
        MySqlToken? before = null;
        foreach (var token in words.Left())
        {
            if (
                token.Kind
                is not (
                    MySqlTokenKind.Word
                    or MySqlTokenKind.QuotedName
                    or MySqlTokenKind.String
                    or MySqlTokenKind.DoubleQuoted
                    or MySqlTokenKind.Number
                    or MySqlTokenKind.Operator
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
    internal static (IReadOnlyList<string> Columns, bool ByNull)? Assignments(MySqlWords words)
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

    private static bool IsKnown(string text, MySqlToken name) =>
        name.NameIn(text) is var called && (Pure.Contains(called) || OfSequences.Contains(called));
}
