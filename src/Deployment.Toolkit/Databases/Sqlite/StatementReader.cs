using System.Collections.Frozen;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>Reads a statement word by word.</summary>
internal sealed class StatementReader(string text)
{
    // Of these the answer depends on what they are given and nothing else; not so of random(), changes(), a clock, or what the app
    // registers.
    private static readonly FrozenSet<string> Pure = new[]
    {
        "abs",
        "cast",
        "char",
        "coalesce",
        "glob",
        "hex",
        "ifnull",
        "iif",
        "instr",
        "length",
        "like",
        "lower",
        "ltrim",
        "max",
        "min",
        "nullif",
        "replace",
        "round",
        "rtrim",
        "substr",
        "substring",
        "trim",
        "typeof",
        "unicode",
        "upper",
        // No functions.
        "AND",
        "BETWEEN",
        "CASE",
        "ELSE",
        "ESCAPE",
        "IN",
        "IS",
        "NOT",
        "OR",
        "THEN",
        "WHEN",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> PureWords = Pure.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly string[] Verbs = ["SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "VALUES"];

    private readonly SqliteToken[] _tokens =
    [
        .. SqliteTokenizer.ReadSignificant(text).Where(static token => token.Kind is not SqliteTokenKind.Semicolon),
    ];
    private int _at;

    internal bool IsAtEnd => _at >= _tokens.Length;

    internal bool Take(string word)
    {
        if (IsAtEnd || !_tokens[_at].Is(text, word))
            return false;

        _at++;
        return true;
    }

    internal bool Skip(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (Take(word))
                return true;
        }

        return false;
    }

    internal string? TakeName() =>
        !IsAtEnd && (_tokens[_at].IsName || _tokens[_at].Kind is SqliteTokenKind.String) ? Unquote(_tokens[_at++]) : null;

    /// <summary>A table of the database itself; <see langword="null"/> for one of another schema.</summary>
    internal string? TakeTable()
    {
        if (TakeName() is not { } name)
            return null;
        return !Take(".") ? name
            : name.Equals("main", StringComparison.OrdinalIgnoreCase) ? TakeName()
            : null;
    }

    /// <summary>Whether a word follows anywhere outside parentheses.</summary>
    internal bool Rest(string word)
    {
        var depth = 0;
        for (var at = _at; at < _tokens.Length; at++)
        {
            Count(_tokens[at], ref depth);
            if (depth == 0 && _tokens[at].Kind is SqliteTokenKind.Word && _tokens[at].Is(text, word))
                return true;
        }

        return false;
    }

    /// <summary>Whether a word follows anywhere, and another one right behind it.</summary>
    internal bool RestFollowedBy(string word, string next)
    {
        for (var at = _at; at + 1 < _tokens.Length; at++)
        {
            if (_tokens[at].Is(text, word) && _tokens[at + 1].Is(text, next))
                return true;
        }

        return false;
    }

    /// <summary>Goes behind the tables that a WITH defines, to the statement itself.</summary>
    internal bool SkipToVerb()
    {
        for (var depth = 0; _at < _tokens.Length; _at++)
        {
            Count(_tokens[_at], ref depth);
            if (depth == 0 && _tokens[_at].Kind is SqliteTokenKind.Word && Verbs.Any(verb => _tokens[_at].Is(text, verb)))
                return true;
        }

        return false;
    }

    /// <summary>The condition, when it stands at the end and depends on nothing but the row.</summary>
    internal string? TakeWhere()
    {
        if (!Take("WHERE") || IsAtEnd)
            return null;

        var start = _tokens[_at].Start;
        for (; _at < _tokens.Length; _at++)
        {
            var token = _tokens[_at];
            if (
                token.Kind is SqliteTokenKind.Illegal
                || (token.Kind is SqliteTokenKind.Value && !char.IsAsciiDigit(text[token.Start]) && text[token.Start] != '.')
            )
                return null;
            if (
                token.Kind is SqliteTokenKind.Word
                && (token.Is(text, "SELECT") || token.Is(text, "RETURNING") || token.Is(text, "ORDER") || token.Is(text, "LIMIT"))
            )
                return null;
            if (
                token.Kind is SqliteTokenKind.Word
                && (token.Is(text, "CURRENT_TIME") || token.Is(text, "CURRENT_DATE") || token.Is(text, "CURRENT_TIMESTAMP"))
            )
                return null;
            var isCall = token.IsName && _at + 1 < _tokens.Length && _tokens[_at + 1].Is(text, "(");
            if (isCall && !(token.Kind is SqliteTokenKind.Word && PureWords.Contains(token.In(text))))
                return null;
        }

        return text[start.._tokens[^1].End];
    }

    /// <summary>The columns that an UPDATE sets, and whether all to NULL; <see langword="null"/> when they can't be read.</summary>
    internal (IReadOnlyList<string> Columns, bool ByNull)? TakeAssignments()
    {
        if (!Take("SET"))
            return null;

        var columns = new List<string>();
        var byNull = true;
        do
        {
            if (TakeName() is not { } column || !Take("="))
                return null;

            columns.Add(column);
            var start = _at;
            for (var depth = 0; _at < _tokens.Length; _at++)
            {
                var token = _tokens[_at];
                Count(token, ref depth);
                if (depth > 0)
                    continue;
                if (token.Is(text, ",") || (token.Kind is SqliteTokenKind.Word && token.Is(text, "WHERE")))
                    break;
                if (token.Kind is SqliteTokenKind.Word && (token.Is(text, "FROM") || token.Is(text, "RETURNING")))
                    return null;
            }

            byNull &= _at == start + 1 && _tokens[start].Is(text, "NULL");
        } while (Take(","));
        return (columns, byNull);
    }

    private void Count(SqliteToken token, ref int depth)
    {
        if (token.Is(text, "("))
            depth++;
        else if (token.Is(text, ")"))
            depth--;
    }

    // SQLite takes 'name' for a name where only one can stand.
    private string Unquote(SqliteToken token) =>
        token.Kind is SqliteTokenKind.String
            ? text[(token.Start + 1)..(token.End - 1)].Replace("''", "'", StringComparison.Ordinal)
            : token.NameIn(text);
}
