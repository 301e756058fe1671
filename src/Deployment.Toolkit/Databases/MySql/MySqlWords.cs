namespace Deployment.Toolkit.Databases.MySql;

/// <summary>Reads a statement word by word, and only as far as it is asked.</summary>
internal sealed class MySqlWords(string text)
{
    // CREATE OR REPLACE ALGORITHM = MERGE DEFINER = a@b SQL SECURITY INVOKER VIEW
    private const int MostBeforeKind = 20;

    private static readonly string[] Kinds =
    [
        "TABLE",
        "INDEX",
        "VIEW",
        "TRIGGER",
        "FUNCTION",
        "PROCEDURE",
        "EVENT",
        "SEQUENCE",
        "USER",
        "ROLE",
        "PACKAGE",
    ];

    private readonly List<MySqlToken> _tokens = [];
    private int _read;
    private int _at;

    internal string Text => text;

    internal bool IsAtEnd => !Reach(_at);

    /// <summary>Whether it reads a file of whoever sent it.</summary>
    internal bool ReadsFromClient => StartsWith("LOAD") && HasAnywhere("LOCAL") && HasAnywhere("INFILE");

    /// <summary>The variables in it, as they stand there.</summary>
    internal IEnumerable<string> Variables
    {
        get
        {
            for (var at = 0; Reach(at); at++)
            {
                if (_tokens[at].Kind is MySqlTokenKind.Variable)
                    yield return _tokens[at].In(text).ToString();
            }
        }
    }

    /// <summary>Whether it has to do with a variable that was set on the connection.</summary>
    internal bool HasVariable => Variables.Any(static variable => !variable.StartsWith("@@", StringComparison.Ordinal));

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
        for (var at = 0; at < count && Reach(at) && _tokens[at].Kind is MySqlTokenKind.Word; at++)
            words.Add(_tokens[at].In(text).ToString().ToUpperInvariant());
        return string.Join(' ', words);
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

    /// <summary>Goes behind one token.</summary>
    internal void Skip() => _at++;

    /// <summary>Takes IF EXISTS or IF NOT EXISTS where it stands.</summary>
    internal bool TakeIf()
    {
        if (!Is(_at, "IF"))
            return false;

        _at += Is(_at + 1, "NOT") ? 3 : 2;
        return true;
    }

    /// <summary>
    /// Goes behind what CREATE or DROP is about, past what may stand before it: OR REPLACE, DEFINER = …, UNIQUE and the like.
    /// </summary>
    /// <returns>What it is about, in capitals; <see langword="null"/> when that can't be told.</returns>
    internal string? TakeKind()
    {
        for (var at = _at; at < _at + MostBeforeKind && Reach(at); at++)
        {
            if (_tokens[at].Kind is MySqlTokenKind.Word && Array.Find(Kinds, kind => Is(at, kind)) is { } found)
            {
                _at = at + 1;
                return found;
            }

            if (Is(at, "("))
                break;
        }

        return null;
    }

    /// <summary>A name as the catalogue has it; <see langword="null"/> when none stands here that can be read.</summary>
    internal string? TakeName()
    {
        if (!Reach(_at) || !_tokens[_at].IsName)
            return null;

        return _tokens[_at++].NameIn(text);
    }

    /// <summary>A table, with its database where that stands before it.</summary>
    internal string? TakeTable()
    {
        if (TakeName() is not { } name)
            return null;
        if (!Take("."))
            return name;
        return TakeName() is { } table ? $"{name}.{table}" : null;
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
    internal bool RestFollowedBy(string word, Func<MySqlToken, bool> next)
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
            if (Is(_at, "RETURNING"))
                return null;
            if (Is(_at, "ORDER") || Is(_at, "LIMIT"))
                return false;
        }

        return false;
    }

    /// <summary>What is left, as tokens.</summary>
    internal IEnumerable<MySqlToken> Left()
    {
        for (; Reach(_at); _at++)
            yield return _tokens[_at];
    }

    /// <summary>The token that stands here, without taking it.</summary>
    internal MySqlToken? Here => Reach(_at) ? _tokens[_at] : null;

    /// <summary>Where the rest begins; the end of the text where nothing is left.</summary>
    internal int Offset => Reach(_at) ? _tokens[_at].Start : text.Length;

    private bool Is(int at, string word) => Reach(at) && _tokens[at].Is(text, word);

    private void Count(int at, ref int depth)
    {
        if (Is(at, "("))
            depth++;
        else if (Is(at, ")"))
            depth--;
    }

    private bool Reach(int at)
    {
        while (_tokens.Count <= at && _read < text.Length)
        {
            var token = MySqlTokenizer.Read(text, _read);
            _read = token.End;
            if (token.IsWord)
                _tokens.Add(token);
        }

        return at < _tokens.Count;
    }
}
