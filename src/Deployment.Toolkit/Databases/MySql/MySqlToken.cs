namespace Deployment.Toolkit.Databases.MySql;

/// <summary>What a token of MySQL's SQL is.</summary>
internal enum MySqlTokenKind
{
    /// <summary>White space or a <c>/* */</c> comment, also one with hints.</summary>
    Space,

    /// <summary>A <c>-- </c> or <c>#</c> comment.</summary>
    LineComment,

    /// <summary>What begins a comment that the server reads: <c>/*!50001</c> or <c>/*M!100100</c>.</summary>
    ExecutableOpen,

    /// <summary>The <c>*/</c> that ends one.</summary>
    ExecutableClose,

    /// <summary>The <c>;</c>.</summary>
    Semicolon,

    /// <summary>A keyword or a bare identifier.</summary>
    Word,

    /// <summary>An identifier between backticks.</summary>
    QuotedName,

    /// <summary>A string in <c>'…'</c>.</summary>
    String,

    /// <summary>A string in <c>"…"</c>, or with ANSI_QUOTES an identifier.</summary>
    DoubleQuoted,

    /// <summary>A number.</summary>
    Number,

    /// <summary><c>@name</c> or <c>@@name</c>.</summary>
    Variable,

    /// <summary><c>?</c>.</summary>
    Parameter,

    /// <summary>A command of the client, <c>\.</c>, with the rest of its line.</summary>
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
internal readonly record struct MySqlToken(MySqlTokenKind Kind, int Start, int End, bool IsClosed = true) : ISqlToken
{
    /// <summary>Whether it belongs to a statement.</summary>
    public bool IsSignificant => Kind is not (MySqlTokenKind.Space or MySqlTokenKind.LineComment);

    /// <summary>Whether the parser sees it as one of a statement's words.</summary>
    public bool IsWord => IsSignificant && Kind is not (MySqlTokenKind.ExecutableOpen or MySqlTokenKind.ExecutableClose);

    /// <inheritdoc/>
    public bool IsBare => Kind is MySqlTokenKind.Word;

    /// <inheritdoc/>
    public bool IsOfRow =>
        Kind
            is MySqlTokenKind.Word
                or MySqlTokenKind.QuotedName
                or MySqlTokenKind.String
                or MySqlTokenKind.DoubleQuoted
                or MySqlTokenKind.Number
                or MySqlTokenKind.Operator;

    /// <summary>Whether it can name a table, a column or the like.</summary>
    public bool IsName => Kind is MySqlTokenKind.Word || (Kind is MySqlTokenKind.QuotedName or MySqlTokenKind.DoubleQuoted && IsClosed);

    /// <summary>The token as it stands in <paramref name="text"/>.</summary>
    public ReadOnlySpan<char> In(string text) => text.AsSpan(Start, End - Start);

    /// <summary>Whether it is this keyword or operator.</summary>
    public bool Is(string text, string word) =>
        Kind is MySqlTokenKind.Word or MySqlTokenKind.Operator && In(text).Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name as the catalogue has it.</summary>
    public string NameIn(string text)
    {
        var raw = In(text);
        return Kind switch
        {
            MySqlTokenKind.QuotedName => raw[1..^1].ToString().Replace("``", "`", StringComparison.Ordinal),
            MySqlTokenKind.DoubleQuoted => raw[1..^1].ToString().Replace("\"\"", "\"", StringComparison.Ordinal),
            _ => raw.ToString(),
        };
    }
}
