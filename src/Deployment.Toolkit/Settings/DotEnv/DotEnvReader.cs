namespace Deployment.Toolkit.Settings.DotEnv;

/// <summary>Cuts a file into assignments, once from its beginning to its end. The dialect is the one of docs/dotenv.md.</summary>
internal sealed class DotEnvReader
{
    private readonly string _text;
    private readonly bool _isStrict;
    private readonly List<DotEnvEntry> _entries = [];
    private readonly DotEnvFaults _faults;
    private readonly bool[] _neverCloses = new bool[4];
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private DotEnvReader(string text, bool isStrict, DotEnvFaults faults) => (_text, _isStrict, _faults) = (text, isStrict, faults);

    internal static List<DotEnvEntry> Read(string text, bool isStrict, DotEnvFaults faults)
    {
        var reader = new DotEnvReader(text, isStrict, faults);
        while (reader._at < text.Length)
            reader.ReadLine();
        return reader._entries;
    }

    /// <summary>The line and column of a character, both from 1.</summary>
    internal static (int Line, int Column) PlaceOf(string text, int index)
    {
        var reader = new DotEnvReader(text, isStrict: false, new DotEnvFaults(""));
        reader.Advance(index);
        return (reader._line, reader.Column);
    }

    private int Column => _at - _lineStart + 1;

    private char Current => _at < _text.Length ? _text[_at] : '\n';

    private void ReadLine()
    {
        SkipBlanks();
        if (_at >= _text.Length)
            return;
        if (Current is '#' or '\r' or '\n')
        {
            SkipLine();
            return;
        }

        var column = Column;
        var isExported = SkipExport();
        var name = ReadName();
        if (name.Length == 0)
        {
            _faults.Unreadable(_line, column, "begins with no name. Write NAME=value, or put # before a comment.");
            SkipLine();
            return;
        }

        SkipBlanks();
        if (Current is '=' || (Current is ':' && (_at + 1 >= _text.Length || _text[_at + 1] is ' ' or '\t')))
        {
            _at++;
            ReadValue(name);
            return;
        }

        // "export NAME" hands a variable on in a shell and says nothing of its value.
        if (!isExported || Current is not ('\r' or '\n' or '#'))
        {
            // What stands there is not repeated: it may be a line of a key that somebody forgot to quote.
            _faults.Unreadable(
                _line,
                column,
                "is no assignment. Write NAME=value, put # before a comment, or put quotes around a value of several lines."
            );
        }

        SkipLine();
    }

    private bool SkipExport()
    {
        const string export = "export";
        if (
            string.CompareOrdinal(_text, _at, export, 0, export.Length) != 0
            || _at + export.Length >= _text.Length
            || _text[_at + export.Length] is not (' ' or '\t')
        )
            return false;

        var after = _at + export.Length;
        while (after < _text.Length && _text[after] is ' ' or '\t')
            after++;
        // A variable may itself be named "export".
        if (after < _text.Length && _text[after] is '=' or ':')
            return false;

        _at = after;
        return true;
    }

    private string ReadName()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(Current) || Current is '_' or '.' or '-' || IsColonInside()))
            _at++;
        return _text[start.._at];
    }

    // A colon within a name is .NET's own separator of keys; before a space it separates name and value.
    private bool IsColonInside() =>
        Current == ':' && _at + 1 < _text.Length && (char.IsLetterOrDigit(_text[_at + 1]) || _text[_at + 1] == '_');

    private void ReadValue(string name)
    {
        SkipBlanks();
        var quote = Current switch
        {
            '\'' => DotEnvQuote.Single,
            '"' => DotEnvQuote.Double,
            '`' => DotEnvQuote.Backtick,
            _ => DotEnvQuote.None,
        };
        if (quote != DotEnvQuote.None)
        {
            if (FindClose(quote) is var close and >= 0)
            {
                ReadQuoted(name, quote, close);
                return;
            }

            if (_isStrict)
                _faults.Ambiguous(
                    _line,
                    Column,
                    $"opens a quote for {name} that nothing closes. Close it; godotenv refuses the file, python-dotenv leaves the line "
                        + $"out, dotenv and Node.js keep the quote as a part of the value."
                );
        }

        ReadUnquoted(name);
    }

    private int FindClose(DotEnvQuote quote)
    {
        if (_neverCloses[(int)quote])
            return -1;

        var close = quote == DotEnvQuote.Double ? FindEscapedClose() : FindPlainClose(quote);
        // What has no end from here has none from further on either: every line is searched to the end at most once.
        if (close < 0)
            _neverCloses[(int)quote] = true;
        return close;
    }

    private int FindEscapedClose()
    {
        for (var i = _at + 1; i < _text.Length; i++)
        {
            if (_text[i] == '"')
                return i;
            if (_text[i] == '\\')
                i++;
        }

        return -1;
    }

    // Nothing is escaped here, yet most tools let \' stand inside: it closes only where the line ends with it ('C:\dir\').
    private int FindPlainClose(DotEnvQuote quote)
    {
        var mark = _text[_at];
        var line = _text.AsSpan(_at + 1);
        var lineEnd = line.IndexOfAny('\r', '\n') is var length and >= 0 ? _at + 1 + length : _text.Length;
        int inside = -1,
            beforeComment = -1;
        for (var i = _at + 1; i < _text.Length; i++)
        {
            if (_text[i] != mark)
                continue;

            var rest = Rest(i);
            if (_text[i - 1] == '\\')
            {
                if (i < lineEnd && rest is '\r' or '\n')
                    return i;
                if (i < lineEnd && rest == '#' && beforeComment < 0)
                    beforeComment = i;
                if (inside < 0)
                    inside = i;
                continue;
            }

            var close = rest is '\r' or '\n' or '#' || beforeComment < 0 ? i : beforeComment;
            if (_isStrict && inside >= 0 && inside < close)
                SayInside(quote, inside);
            return close;
        }

        return beforeComment;
    }

    private void SayInside(DotEnvQuote quote, int at)
    {
        // The place is found by walking there and back.
        var (before, line, lineStart) = (_at, _line, _lineStart);
        Advance(at);
        var mark = quote == DotEnvQuote.Single ? '\'' : '`';
        _faults.Ambiguous(
            _line,
            Column,
            $"holds a {mark} behind a backslash, between two {mark}. Choose another quote; Node.js ends the value there, python-dotenv "
                + $"drops the backslash."
        );
        (_at, _line, _lineStart) = (before, line, lineStart);
    }

    /// <summary>The first character behind a closing quote that is no blank.</summary>
    private char Rest(int close)
    {
        var end = close + 1;
        while (end < _text.Length && _text[end] is ' ' or '\t')
            end++;
        return end < _text.Length ? _text[end] : '\n';
    }

    private void ReadQuoted(string name, DotEnvQuote quote, int close)
    {
        var (line, column) = (_line, Column);
        var body = _text.AsSpan(_at + 1, close - _at - 1);
        var isLong = body.ContainsAny('\r', '\n');
        // A quote that was forgotten lines above meets the next one there: A="x and B="#y" are no long value with a comment.
        if (Rest(close) is not ('\r' or '\n' or '#') || (isLong && close + 1 < _text.Length && _text[close + 1] == '#'))
        {
            if (isLong)
                _faults.Unreadable(
                    line,
                    column,
                    $"opens a quote for {name} that closes on a later line with more behind it. Close it where the value ends, or "
                        + $"escape a quote inside double quotes as \\\"."
                );
            else
                _faults.Unreadable(
                    line,
                    column + close + 1 - _at,
                    $"goes on after the quote of {name} that closes here. Put all of the value into quotes, or escape a quote inside "
                        + $"double quotes as \\\".",
                    null
                );
            SkipLine();
            return;
        }

        _entries.Add(
            new DotEnvEntry(
                name,
                body.Contains('\r') ? body.ToString().Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : body.ToString(),
                quote,
                line,
                column + 1
            )
        );
        Advance(close + 1);
        SkipLine();
    }

    private void ReadUnquoted(string name)
    {
        var (start, column) = (_at, Column);
        var end = start;
        while (end < _text.Length && _text[end] is not ('\r' or '\n'))
            end++;

        // Only behind a blank does # begin a comment: passwords have it inside.
        var stop = end;
        var isAmbiguous = false;
        for (var i = start; i < end; i++)
        {
            if (_text[i] != '#')
                continue;
            if (i > 0 && _text[i - 1] is ' ' or '\t')
            {
                stop = i;
                break;
            }

            if (_isStrict && !isAmbiguous)
                _faults.Ambiguous(
                    _line,
                    column + i - start,
                    $"holds a # in the value of {name} without a blank before it. Quote the value; dotenv, Node.js and Ruby's dotenv "
                        + $"begin a comment there."
                );
            isAmbiguous = true;
        }

        var value = _text.AsSpan(start, stop - start).TrimEnd();
        if (_isStrict && !DotEnvHash.Is(value) && FindDollar(value) is var dollar and >= 0)
            _faults.Ambiguous(
                _line,
                column + dollar,
                $"holds a $ in the value of {name} outside quotes. Write it in double quotes to expand it, in single quotes to keep it; "
                    + $"dotenv and Node.js keep it, python-dotenv expands only ${{…}}."
            );

        _entries.Add(new DotEnvEntry(name, value.ToString(), DotEnvQuote.None, _line, column));
        SkipLine();
    }

    /// <summary>Whether some tool may take what stands behind a dollar for a name, an expansion or a command.</summary>
    internal static bool BeginsName(ReadOnlySpan<char> value, int at)
    {
        // Of two dollars some tools make one, and others a dollar and a name.
        while (at < value.Length && value[at] == '$')
            at++;
        return at < value.Length && (value[at] is '{' or '(' or '_' || char.IsAsciiLetter(value[at]));
    }

    private static int FindDollar(ReadOnlySpan<char> value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '$' && BeginsName(value, i))
                return i;
            if (value[i] == '\\' && i + 1 < value.Length && value[i + 1] == '$')
                i++;
        }

        return -1;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && Current is ' ' or '\t' or '\f' or '\v' or '\u00A0' or '\uFEFF')
            _at++;
    }

    private void SkipLine()
    {
        while (_at < _text.Length && _text[_at] is not ('\r' or '\n'))
            _at++;
        if (_at < _text.Length)
            Advance(_text[_at] == '\r' && _at + 1 < _text.Length && _text[_at + 1] == '\n' ? _at + 2 : _at + 1);
    }

    private void Advance(int to)
    {
        for (; _at < to; _at++)
        {
            if (_text[_at] != '\n' && (_text[_at] != '\r' || (_at + 1 < _text.Length && _text[_at + 1] == '\n')))
                continue;

            _line++;
            _lineStart = _at + 1;
        }
    }
}
