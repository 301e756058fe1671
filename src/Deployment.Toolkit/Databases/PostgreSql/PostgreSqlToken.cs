using System;
using System.Text;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>What a token of PostgreSQL's SQL is.</summary>
internal enum PostgreSqlTokenKind
{
    /// <summary>White space or a <c>/* */</c> comment.</summary>
    Space,

    /// <summary>A <c>--</c> comment.</summary>
    LineComment,

    /// <summary>The <c>;</c>.</summary>
    Semicolon,

    /// <summary>A keyword or a bare identifier.</summary>
    Word,

    /// <summary>An identifier in <c>"…"</c>.</summary>
    QuotedName,

    /// <summary>An identifier in <c>U&amp;"…"</c>, whose escapes are not read.</summary>
    EscapedName,

    /// <summary>A string, a bit string or a string with escapes.</summary>
    String,

    /// <summary>A string between dollar tags.</summary>
    DollarString,

    /// <summary>A number.</summary>
    Number,

    /// <summary><c>$1</c>.</summary>
    Parameter,

    /// <summary>A variable of psql, <c>:name</c>, <c>:'name'</c> or <c>:"name"</c>.</summary>
    Variable,

    /// <summary>A command of psql, <c>\d</c>, with the rest of its line.</summary>
    Command,

    /// <summary>Punctuation.</summary>
    Operator,

    /// <summary>What can't stand in a script.</summary>
    Illegal,
}

/// <summary>One token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="End">Where the next one starts.</param>
/// <param name="IsClosed">False for a quoted token or a comment that runs to the end of the text.</param>
internal readonly record struct PostgreSqlToken(PostgreSqlTokenKind Kind, int Start, int End, bool IsClosed = true) : ISqlToken
{
    // Longer names are cut by the server, also where they are read.
    private const int LongestName = 63;

    /// <summary>Whether the parser sees it.</summary>
    public bool IsSignificant => Kind is not (PostgreSqlTokenKind.Space or PostgreSqlTokenKind.LineComment);

    /// <inheritdoc/>
    public bool IsWord => IsSignificant;

    /// <inheritdoc/>
    public bool IsBare => Kind is PostgreSqlTokenKind.Word;

    /// <inheritdoc/>
    public bool IsOfRow =>
        Kind
            is PostgreSqlTokenKind.Word
                or PostgreSqlTokenKind.QuotedName
                or PostgreSqlTokenKind.String
                or PostgreSqlTokenKind.Number
                or PostgreSqlTokenKind.Operator;

    /// <summary>Whether it can name a table, a column or the like.</summary>
    public bool IsName => Kind is PostgreSqlTokenKind.Word || (Kind is PostgreSqlTokenKind.QuotedName && IsClosed);

    /// <summary>The token as it stands in <paramref name="text"/>.</summary>
    public ReadOnlySpan<char> In(string text) => text.AsSpan(Start, End - Start);

    /// <summary>Whether it is this keyword or operator.</summary>
    public bool Is(string text, string word) =>
        Kind is PostgreSqlTokenKind.Word or PostgreSqlTokenKind.Operator && In(text).Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name as the catalogue has it: without quotes as it stands in them, otherwise in lower case.</summary>
    public string NameIn(string text)
    {
        var raw = In(text);
        return Cut(
            Kind is PostgreSqlTokenKind.QuotedName ? raw[1..^1].ToString().Replace("\"\"", "\"", StringComparison.Ordinal) : Fold(raw)
        );
    }

    /// <summary>What is between the dollar tags.</summary>
    public (int Start, int End) BodyIn(string text)
    {
        var tag = text.IndexOf('$', Start + 1) - Start + 1;
        return (Start + tag, IsClosed ? End - tag : End);
    }

    /// <summary>Only ASCII letters have another case to PostgreSQL.</summary>
    internal static string Fold(ReadOnlySpan<char> name)
    {
        var folded = name.ToArray();
        for (var at = 0; at < folded.Length; at++)
        {
            if (folded[at] is >= 'A' and <= 'Z')
                folded[at] |= (char)0x20;
        }

        return new string(folded);
    }

    private static string Cut(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= LongestName)
            return name;

        var length = 0;
        var end = 0;
        while (true)
        {
            var isPair = end + 1 < name.Length && char.IsSurrogatePair(name[end], name[end + 1]);
            // A lone half of a pair is written as U+FFFD, which takes three bytes.
            length +=
                isPair ? 4
                : name[end] < 0x80 ? 1
                : name[end] < 0x800 ? 2
                : 3;
            if (length > LongestName)
                return name.Substring(0, end);
            end += isPair ? 2 : 1;
        }
    }
}
