using System;

namespace Deployment.Toolkit.Databases;

/// <summary>One token of a dialect's SQL.</summary>
internal interface ISqlToken
{
    /// <summary>Where it starts.</summary>
    int Start { get; }

    /// <summary>Where the next one starts.</summary>
    int End { get; }

    /// <summary>Whether the parser sees it as one of a statement's words.</summary>
    bool IsWord { get; }

    /// <summary>Whether it is a keyword or a bare identifier.</summary>
    bool IsBare { get; }

    /// <summary>Whether it can name a table, a column or the like.</summary>
    bool IsName { get; }

    /// <summary>Whether it can stand in an expression that depends on nothing but a row.</summary>
    bool IsOfRow { get; }

    /// <summary>The token as it stands in <paramref name="text"/>.</summary>
    ReadOnlySpan<char> In(string text);

    /// <summary>Whether it is this keyword or operator.</summary>
    bool Is(string text, string word);

    /// <summary>The name as the catalogue has it.</summary>
    string NameIn(string text);
}
