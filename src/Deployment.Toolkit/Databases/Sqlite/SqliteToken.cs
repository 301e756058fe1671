using System;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>What a token of SQLite's SQL is.</summary>
internal enum SqliteTokenKind
{
    /// <summary>White space or a <c>/* */</c> comment.</summary>
    Space,

    /// <summary>A <c>--</c> comment.</summary>
    LineComment,

    /// <summary>The <c>;</c>.</summary>
    Semicolon,

    /// <summary>A keyword or a bare identifier.</summary>
    Word,

    /// <summary>An identifier in <c>"…"</c>, <c>[…]</c> or <c>`…`</c>.</summary>
    QuotedName,

    /// <summary>A string in <c>'…'</c>.</summary>
    String,

    /// <summary>A blob literal, <c>x'…'</c>.</summary>
    Blob,

    /// <summary>A number or a parameter.</summary>
    Value,

    /// <summary>Punctuation.</summary>
    Operator,

    /// <summary>What SQLite calls an unrecognized token.</summary>
    Illegal,
}

/// <summary>One token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="End">Where the next one starts.</param>
/// <param name="IsClosed">False for a quoted token that runs to the end of the text.</param>
internal readonly record struct SqliteToken(SqliteTokenKind Kind, int Start, int End, bool IsClosed = true)
{
    /// <summary>Whether the parser sees it.</summary>
    public bool IsSignificant => Kind is not (SqliteTokenKind.Space or SqliteTokenKind.LineComment);

    /// <summary>Whether it can name a table, a column or the like.</summary>
    public bool IsName => Kind is SqliteTokenKind.Word || (Kind is SqliteTokenKind.QuotedName && IsClosed);

    /// <summary>The token as it stands in <paramref name="text"/>.</summary>
    public ReadOnlySpan<char> In(string text) => text.AsSpan(Start, End - Start);

    /// <summary>Whether it is this keyword or operator.</summary>
    public bool Is(string text, string word) => In(text).Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name without its quotes.</summary>
    public string NameIn(string text)
    {
        var raw = In(text);
        if (Kind is not SqliteTokenKind.QuotedName)
            return raw.ToString();

        var name = raw[1..^1].ToString();
        return raw[0] == '[' ? name : name.Replace($"{raw[0]}{raw[0]}", $"{raw[0]}", StringComparison.Ordinal);
    }
}
