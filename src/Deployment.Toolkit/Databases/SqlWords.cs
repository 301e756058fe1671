using System;
using System.Collections.Generic;

namespace Deployment.Toolkit.Databases;

/// <summary>Reads a statement word by word, and only as far as it is asked.</summary>
internal abstract class SqlWords<TToken>(string text)
    where TToken : struct, ISqlToken
{
    private readonly List<TToken> _tokens = [];
    private int _read;
    private int _at;

    /// <summary>The words at which a value that an UPDATE sets ends, with what may read other tables or answers with rows.</summary>
    protected abstract string[] JoinsRows { get; }

    /// <summary>The words at which one ends besides.</summary>
    protected abstract string[] EndsValue { get; }

    internal string Text => text;

    internal bool IsAtEnd => !Reach(_at);

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
            if (depth == 0 && Is(at, word))
                return true;
            Count(at, ref depth);
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
        for (var at = 0; at < count && Reach(at) && _tokens[at].IsBare; at++)
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

    /// <summary>A table, with its database or schema where that stands before it.</summary>
    internal abstract string? TakeTable();

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
    internal bool RestFollowedBy(string word, Func<TToken, bool> next)
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

            if (IsAny(JoinsRows))
                return null;
            if (Is(_at, "WHERE") || IsAny(EndsValue))
                return false;
        }

        return false;
    }

    /// <summary>What is left, as tokens.</summary>
    internal IEnumerable<TToken> Left()
    {
        for (; Reach(_at); _at++)
            yield return _tokens[_at];
    }

    /// <summary>All of it, as tokens, wherever it is read.</summary>
    protected IEnumerable<TToken> All()
    {
        for (var at = 0; Reach(at); at++)
            yield return _tokens[at];
    }

    /// <summary>The token that stands here, without taking it.</summary>
    internal TToken? Here => Reach(_at) ? _tokens[_at] : null;

    /// <summary>Where the rest begins; the end of the text where nothing is left.</summary>
    internal int Offset => Reach(_at) ? _tokens[_at].Start : text.Length;

    /// <summary>The token that starts at a place inside the text.</summary>
    protected abstract TToken Read(int start);

    /// <summary>The token so many behind this place; <see langword="null"/> behind the last.</summary>
    protected TToken? Ahead(int count) => Reach(_at + count) ? _tokens[_at + count] : null;

    /// <summary>Goes behind tokens.</summary>
    internal void Skip(int count = 1) => _at += count;

    private bool IsAny(string[] words) => Array.Exists(words, word => Is(_at, word));

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
            var token = Read(_read);
            _read = token.End;
            if (token.IsWord)
                _tokens.Add(token);
        }

        return at < _tokens.Count;
    }
}
