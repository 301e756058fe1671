using System;
using System.Collections.Generic;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Reads a statement word by word, and only as far as it is asked.</summary>
internal sealed class PostgreSqlWords(string text)
{
    private readonly List<PostgreSqlToken> _tokens = [];
    private int _read;
    private int _at;

    internal string Text => text;

    internal bool IsAtEnd => !Reach(_at);

    /// <summary>Whether it exchanges rows with whoever sent it.</summary>
    internal bool CopiesFromClient => StartsWith("COPY") && (Has("STDIN") || Has("STDOUT"));

    /// <summary>Whether these words are the first, wherever it is read.</summary>
    internal bool StartsWith(params ReadOnlySpan<string> words)
    {
        for (var at = 0; at < words.Length; at++)
        {
            if (!Is(at, words[at]))
                return false;
        }

        return true;
    }

    /// <summary>Whether a word stands anywhere outside parentheses and quotes.</summary>
    internal bool Has(string word)
    {
        var depth = 0;
        for (var at = 0; Reach(at); at++)
        {
            Count(at, ref depth);
            if (depth == 0 && Is(at, word))
                return true;
        }

        return false;
    }

    /// <summary>Whether a word stands anywhere outside quotes.</summary>
    internal bool HasAnywhere(string word)
    {
        for (var at = 0; Reach(at); at++)
        {
            if (Is(at, word))
                return true;
        }

        return false;
    }

    /// <summary>The first words, for a message.</summary>
    internal string Start(int count)
    {
        var words = new List<string>();
        for (var at = 0; at < count && Reach(at) && _tokens[at].Kind is PostgreSqlTokenKind.Word; at++)
            words.Add(_tokens[at].In(text).ToString().ToUpperInvariant());
        return string.Join(" ", words);
    }

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

    internal bool TakeAny(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (Take(word))
                return true;
        }

        return false;
    }

    /// <summary>Takes IF EXISTS or IF NOT EXISTS where it stands.</summary>
    internal bool TakeIf()
    {
        if (!Is(_at, "IF"))
            return false;

        _at += Is(_at + 1, "NOT") ? 3 : 2;
        return true;
    }

    /// <summary>A name as the catalogue has it; <see langword="null"/> when none stands here that can be read.</summary>
    internal string? TakeName()
    {
        if (!Reach(_at) || !_tokens[_at].IsName)
            return null;

        return _tokens[_at++].NameIn(text);
    }

    /// <summary>A table, with its schema where that stands before it.</summary>
    internal string? TakeTable()
    {
        _ = Take("ONLY");
        var isWrapped = Take("(");
        if (TakeName() is not { } name)
            return null;

        while (Take("."))
        {
            if (TakeName() is not { } next)
                return null;
            name = $"{name}.{next}";
        }

        if (isWrapped && !Take(")"))
            return null;
        _ = Take("*");
        return name;
    }

    /// <summary>Several, with commas between them; <see langword="null"/> when one can't be read.</summary>
    internal IReadOnlyList<string>? TakeTables()
    {
        var tables = new List<string>();
        do
        {
            if (TakeTable() is not { } table)
                return null;
            tables.Add(table);
        } while (Take(","));
        return tables;
    }

    /// <summary>Whether a word follows anywhere outside parentheses.</summary>
    internal bool Rest(string word)
    {
        var depth = 0;
        for (var at = _at; Reach(at); at++)
        {
            Count(at, ref depth);
            if (depth == 0 && Is(at, word))
                return true;
        }

        return false;
    }

    /// <summary>Whether a word follows right behind another, anywhere.</summary>
    internal bool RestFollowedBy(string word, Func<PostgreSqlToken, bool> next)
    {
        for (var at = _at; Reach(at + 1); at++)
        {
            if (Is(at, word) && next(_tokens[at + 1]))
                return true;
        }

        return false;
    }

    /// <summary>Goes behind the next comma outside parentheses.</summary>
    /// <returns>Whether there was one.</returns>
    internal bool SkipToComma()
    {
        var depth = 0;
        for (; Reach(_at); _at++)
        {
            Count(_at, ref depth);
            if (depth == 0 && Is(_at, ","))
            {
                _at++;
                return true;
            }
        }

        return false;
    }

    /// <summary>Goes behind a value that an UPDATE sets.</summary>
    /// <returns>
    /// Whether another assignment follows; <see langword="null"/> when what follows may read other tables or answers with rows.
    /// </returns>
    internal bool? SkipToAssignmentEnd()
    {
        var depth = 0;
        for (; Reach(_at); _at++)
        {
            Count(_at, ref depth);
            if (depth > 0)
                continue;
            if (Is(_at, ","))
            {
                _at++;
                return true;
            }

            if (Is(_at, "WHERE"))
                return false;
            if (Is(_at, "FROM") || Is(_at, "RETURNING"))
                return null;
        }

        return false;
    }

    /// <summary>What is left, as tokens.</summary>
    internal IEnumerable<PostgreSqlToken> Left()
    {
        for (; Reach(_at); _at++)
            yield return _tokens[_at];
    }

    /// <summary>The token that stands here, without taking it.</summary>
    internal PostgreSqlToken? Here => Reach(_at) ? _tokens[_at] : null;

    /// <summary>Where the rest begins; the end of the text where nothing is left.</summary>
    internal int Offset => Reach(_at) ? _tokens[_at].Start : text.Length;

    private bool Is(int at, string word) => Reach(at) && _tokens[at].Is(text, word);

    private void Count(int at, ref int depth)
    {
        if (Is(at, "(") || Is(at, "["))
            depth++;
        else if (Is(at, ")") || Is(at, "]"))
            depth--;
    }

    private bool Reach(int at)
    {
        while (_tokens.Count <= at && _read < text.Length)
        {
            var token = PostgreSqlTokenizer.Read(text, _read);
            _read = token.End;
            if (token.IsSignificant)
                _tokens.Add(token);
        }

        return at < _tokens.Count;
    }
}
