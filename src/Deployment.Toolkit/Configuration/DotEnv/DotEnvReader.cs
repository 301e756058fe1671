using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Configuration.DotEnv;

/// <summary>Cuts a file into assignments, once from its beginning to its end. The dialect is the one of docs/dotenv.md.</summary>
internal sealed class DotEnvReader
{
    private readonly string _source;
    private readonly string _text;
    private readonly bool _isStrict;
    private readonly List<DotEnvEntry> _entries = [];
    private readonly List<DeploymentMessage> _faults;
    private readonly bool[] _neverCloses = new bool[4];
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private DotEnvReader(string source, string text, bool isStrict, List<DeploymentMessage> faults) => (_source, _text, _isStrict, _faults) = (source, text, isStrict, faults);

    internal static List<DotEnvEntry> Read(string source, string text, bool isStrict, List<DeploymentMessage> faults)
    {
        var reader = new DotEnvReader(source, text, isStrict, faults);
        while (reader._at < text.Length) reader.ReadLine();
        return reader._entries;
    }

    private int Column => _at - _lineStart + 1;

    private char Current => _at < _text.Length ? _text[_at] : '\n';

    private void ReadLine()
    {
        SkipBlanks();
        if (_at >= _text.Length) return;
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
            Fault(Codes.DotEnvUnreadable, column, $"{Place(column)} begins with no name. Write NAME=value, or put # before a comment.");
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
        if (!isExported || Current is not ('\r' or '\n' or '#')) Fault(Codes.DotEnvUnreadable, column, $"{Place(column)} sets no value to {name}. Write {name}=value.");
        SkipLine();
    }

    private bool SkipExport()
    {
        const string export = "export";
        if (string.CompareOrdinal(_text, _at, export, 0, export.Length) != 0 || _at + export.Length >= _text.Length || _text[_at + export.Length] is not (' ' or '\t')) return false;

        var after = _at + export.Length;
        while (after < _text.Length && _text[after] is ' ' or '\t') after++;
        // A variable may itself be named "export".
        if (after < _text.Length && _text[after] is '=' or ':') return false;

        _at = after;
        return true;
    }

    private string ReadName()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(Current) || Current is '_' or '.' or '-' || IsColonInside())) _at++;
        return _text[start.._at];
    }

    // A colon within a name is .NET's own separator of keys; before a space it separates name and value.
    private bool IsColonInside() => Current == ':' && _at + 1 < _text.Length && (char.IsLetterOrDigit(_text[_at + 1]) || _text[_at + 1] == '_');

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
            var close = FindClose(quote);
            if (close >= 0)
            {
                ReadQuoted(name, quote, close);
                return;
            }

            if (_isStrict) Fault(Codes.DotEnvAmbiguous, Column, $"{Place(Column)} opens a quote for {name} that nothing closes. Close it; some tools refuse the file, others keep the quote as a part of the value.");
        }

        ReadUnquoted(name);
    }

    private int FindClose(DotEnvQuote quote)
    {
        if (_neverCloses[(int)quote]) return -1;

        var mark = _text[_at];
        for (var i = _at + 1; i < _text.Length; i++)
        {
            if (_text[i] == mark) return i;
            if (quote == DotEnvQuote.Double && _text[i] == '\\') i++;
        }

        // What has no end from here has none from further on either: every line is searched to the end at most once.
        _neverCloses[(int)quote] = true;
        return -1;
    }

    private void ReadQuoted(string name, DotEnvQuote quote, int close)
    {
        var (line, column) = (_line, Column);
        var body = _text.AsSpan(_at + 1, close - _at - 1);
        var end = close + 1;
        while (end < _text.Length && _text[end] is ' ' or '\t') end++;
        if (end < _text.Length && _text[end] is not ('\r' or '\n' or '#'))
        {
            Advance(close + 1);
            Fault(Codes.DotEnvUnreadable, Column, $"{Place(Column)} goes on after the quote of {name} that closes here. Put all of the value into quotes, or escape a quote inside double quotes as \\\".");
            SkipLine();
            return;
        }

        _entries.Add(new DotEnvEntry(name, body.Contains('\r') ? body.ToString().ReplaceLineEndings("\n") : body.ToString(), quote, line, column + 1));
        Advance(close + 1);
        SkipLine();
    }

    private void ReadUnquoted(string name)
    {
        var (start, column) = (_at, Column);
        var end = start;
        while (end < _text.Length && _text[end] is not ('\r' or '\n')) end++;

        // Only behind a blank does # begin a comment: passwords have it inside.
        var stop = end;
        for (var i = start; i < end; i++)
        {
            if (_text[i] != '#') continue;
            if (i > 0 && _text[i - 1] is ' ' or '\t')
            {
                stop = i;
                break;
            }

            if (_isStrict)
            {
                Fault(Codes.DotEnvAmbiguous, column + i - start, $"{Place(column + i - start)} holds a # in the value of {name} without a blank before it. Quote the value; other tools begin a comment there.");
                break;
            }
        }

        var value = _text.AsSpan(start, stop - start).TrimEnd();
        if (_isStrict && value.IndexOf('$') is >= 0 and var dollar && (dollar == 0 || value[dollar - 1] != '\\'))
            Fault(Codes.DotEnvAmbiguous, column + dollar, $"{Place(column + dollar)} holds a $ in the value of {name} outside quotes. Write it in double quotes to expand it, in single quotes to keep it; other tools do the one or the other.");

        _entries.Add(new DotEnvEntry(name, value.ToString(), DotEnvQuote.None, _line, column));
        SkipLine();
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && Current is ' ' or '\t' or '\f' or '\v' or '\u00A0' or '\uFEFF') _at++;
    }

    private void SkipLine()
    {
        while (_at < _text.Length && _text[_at] is not ('\r' or '\n')) _at++;
        if (_at < _text.Length) Advance(_text[_at] == '\r' && _at + 1 < _text.Length && _text[_at + 1] == '\n' ? _at + 2 : _at + 1);
    }

    private void Advance(int to)
    {
        for (; _at < to; _at++)
        {
            if (_text[_at] != '\n' && (_text[_at] != '\r' || (_at + 1 < _text.Length && _text[_at + 1] == '\n'))) continue;

            _line++;
            _lineStart = _at + 1;
        }
    }

    private string Place(int column) => $"{_source}:{_line}:{column}";

    private void Fault(string code, int column, string text) =>
        _faults.Add(new DeploymentMessage(code, text) { File = _source, Line = _line, Column = column });
}
