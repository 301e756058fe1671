using System;
using System.Collections.Generic;

namespace Deployment.Toolkit.Lint;

/// <summary>A statement, or a part of one, that is read token by token.</summary>
internal sealed class LintStatement
{
    private readonly string _text;
    private readonly IReadOnlyList<LintToken> _tokens;
    private readonly int _from;
    private readonly int _to;
    private int _at;

    internal LintStatement(LintDialect dialect, string text, IReadOnlyList<LintToken> tokens)
        : this(dialect, text, tokens, 0, tokens.Count) { }

    private LintStatement(LintDialect dialect, string text, IReadOnlyList<LintToken> tokens, int from, int to) =>
        (Dialect, _text, _tokens, _from, _to, _at) = (dialect, text, tokens, from, to, from);

    internal LintDialect Dialect { get; }

    internal bool IsAtEnd => _at >= _to;

    internal int Start => _from < _to ? _tokens[_from].Start : _text.Length;

    internal int End => _from < _to ? _tokens[_to - 1].End : _text.Length;

    /// <summary>Where what is not read yet begins.</summary>
    internal int Offset => _at < _to ? _tokens[_at].Start : End;

    /// <summary>The statement as it stands in the script.</summary>
    internal string Whole => _text.Substring(Start, End - Start);

    /// <summary>What is not read yet, as it stands in the script.</summary>
    internal string Left => _text.Substring(Offset, End - Offset);

    internal LintToken? Here => _at < _to ? _tokens[_at] : null;

    /// <summary>The same from its first token on.</summary>
    internal LintStatement Again() => new(Dialect, _text, _tokens, _from, _to);

    /// <summary>What is not read yet, as a statement of its own.</summary>
    internal LintStatement Rest() => new(Dialect, _text, _tokens, _at, _to);

    /// <summary>Takes these words when they are the next.</summary>
    internal bool Take(string word)
    {
        if (!Is(_at, word))
            return false;
        _at++;
        return true;
    }

    internal bool Take(string word, string next)
    {
        if (!Is(_at, word) || !Is(_at + 1, next))
            return false;
        _at += 2;
        return true;
    }

    internal bool Take(string word, string next, string last)
    {
        if (!Is(_at, word) || !Is(_at + 1, next) || !Is(_at + 2, last))
            return false;
        _at += 3;
        return true;
    }

    internal string? TakeAny(params string[] words)
    {
        foreach (var word in words)
        {
            if (Take(word))
                return word;
        }

        return null;
    }

    internal void Skip() => _at = Math.Min(_at + 1, _to);

    internal bool IsAt(string word) => Is(_at, word);

    internal bool IsAt(string word, string next) => Is(_at, word) && Is(_at + 1, next);

    /// <summary>Takes IF EXISTS or IF NOT EXISTS.</summary>
    internal bool TakeIf() => Take("IF", "EXISTS") || Take("IF", "NOT", "EXISTS");

    /// <summary>A name as the catalogue has it; <see langword="null"/> when none stands here.</summary>
    internal string? TakeName()
    {
        if (_at >= _to || _tokens[_at].Kind is not (LintTokenKind.Word or LintTokenKind.QuotedName))
            return null;
        return Dialect.NameIn(_text, _tokens[_at++]);
    }

    /// <summary>A table or the like, with its schema where that stands before it.</summary>
    internal LintName? TakeTable()
    {
        _ = IsAt("ONLY") && _at + 1 < _to && !Is(_at + 1, ".") && Take("ONLY");
        var start = Offset;
        if (TakeName() is not { } name)
            return null;

        var schema = "";
        while (Take("."))
        {
            if (TakeName() is not { } next)
                return null;
            (schema, name) = (name, next);
        }

        var end = _tokens[_at - 1].End;
        _ = Take("*");
        return new LintName(schema == Dialect.DefaultSchema ? "" : schema, name, _text.Substring(start, end - start));
    }

    /// <summary>Whether a word stands anywhere behind here, outside parentheses.</summary>
    internal bool Has(string word)
    {
        var depth = 0;
        for (var at = _at; at < _to; at++)
        {
            Count(at, ref depth);
            if (depth == 0 && Is(at, word))
                return true;
        }

        return false;
    }

    /// <summary>Whether two words stand one behind the other anywhere behind here, outside parentheses.</summary>
    internal bool Has(string word, string next)
    {
        var depth = 0;
        for (var at = _at; at < _to - 1; at++)
        {
            Count(at, ref depth);
            if (depth == 0 && Is(at, word) && Is(at + 1, next))
                return true;
        }

        return false;
    }

    /// <summary>What stands here up to the first of these words outside parentheses, as it stands in the script.</summary>
    internal string TextUpTo(params string[] words)
    {
        var depth = 0;
        var end = Offset;
        for (var at = _at; at < _to; at++)
        {
            Count(at, ref depth);
            if (depth == 0 && Array.Exists(words, word => Is(at, word)))
                break;
            end = _tokens[at].End;
        }

        return _text.Substring(Offset, end - Offset);
    }

    /// <summary>Goes behind a word outside parentheses.</summary>
    internal bool SkipTo(string word)
    {
        var depth = 0;
        for (var at = _at; at < _to; at++)
        {
            Count(at, ref depth);
            if (depth == 0 && Is(at, word))
            {
                _at = at + 1;
                return true;
            }
        }

        return false;
    }

    /// <summary>What is left, cut at the commas outside parentheses.</summary>
    internal List<LintStatement> Parts()
    {
        var parts = new List<LintStatement>();
        var depth = 0;
        var first = _at;
        for (var at = _at; at < _to; at++)
        {
            Count(at, ref depth);
            if (depth != 0 || !Is(at, ","))
                continue;
            if (at > first)
                parts.Add(new LintStatement(Dialect, _text, _tokens, first, at));
            first = at + 1;
        }

        if (_to > first)
            parts.Add(new LintStatement(Dialect, _text, _tokens, first, _to));
        _at = _to;
        return parts;
    }

    /// <summary>What stands between the parentheses that open here, which are taken.</summary>
    internal LintStatement? TakeGroup()
    {
        if (!Is(_at, "("))
            return null;

        var depth = 0;
        for (var at = _at; at < _to; at++)
        {
            Count(at, ref depth);
            if (depth != 0)
                continue;
            var inside = new LintStatement(Dialect, _text, _tokens, _at + 1, at);
            _at = at + 1;
            return inside;
        }

        return null;
    }

    /// <summary>The words of what is left, each with whether a parenthesis opens behind it: calls look like that.</summary>
    internal IEnumerable<(string Name, bool IsCalled)> Words()
    {
        for (var at = _at; at < _to; at++)
        {
            if (_tokens[at].Kind is LintTokenKind.Word or LintTokenKind.QuotedName)
                yield return (Dialect.NameIn(_text, _tokens[at]), Is(at + 1, "("));
        }
    }

    /// <summary>The texts that may hold statements, with where they start.</summary>
    internal IEnumerable<LintToken> Bodies()
    {
        for (var at = _at; at < _to; at++)
        {
            if (_tokens[at].Kind is LintTokenKind.Body)
                yield return _tokens[at];
        }
    }

    private bool Is(int at, string word) =>
        at < _to
        && _tokens[at] is { Kind: LintTokenKind.Word or LintTokenKind.Symbol } token
        && token.End - token.Start == word.Length
        && string.Compare(_text, token.Start, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0;

    private void Count(int at, ref int depth)
    {
        if (Is(at, "("))
            depth++;
        else if (Is(at, ")"))
            depth--;
    }
}

/// <summary>A name, with its schema where that is another than the default one.</summary>
/// <param name="Schema">The schema, or nothing.</param>
/// <param name="Name">The name.</param>
/// <param name="Written">Both as they stand in the script.</param>
internal sealed record LintName(string Schema, string Name, string Written);
