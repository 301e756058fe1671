using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <param name="Variables">Of the services that are built from the file's own folder.</param>
/// <param name="Hosts">By which the services find each other; none where the file only adds to another one's services.</param>
/// <param name="Properties">Of all services.</param>
internal sealed record ComposeFile(
    IReadOnlyList<Variable> Variables,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<(string Name, TextSpan Span)> Properties
);

/// <summary>
/// Reads the variables that a compose file gives to the services that are built from its own folder: maps and lists under
/// <c>environment</c>, in blocks or on one line. What YAML can say beside that (aliases, merged keys, block texts) is passed over.
/// </summary>
internal sealed class ComposeReader
{
    private static readonly char[] s_slashes = ['/', '\\'];

    private readonly string _folder;
    private readonly List<Variable> _variables = [];
    private readonly List<Variable> _ofService = [];
    private readonly List<string> _hosts = [];
    private readonly List<(string Name, TextSpan Span)> _properties = [];
    private bool _isWhole = true;
    private (int Service, int Property, int Entry) _indent = (-1, -1, -1);
    private bool _isInServices;
    private bool _isInService;
    private string _property = "";
    private string _dockerfile = "";
    private string? _context;
    private bool _hasImage;

    private ComposeReader(string folder) => _folder = folder;

    public static bool Is(string name) =>
        (name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase))
        && (Begins(name, "docker-compose") || Begins(name, "compose"));

    /// <param name="path">Of the file: its folder tells which services are built from here.</param>
    /// <param name="text">The file.</param>
    public static ComposeFile Read(string path, SourceText text)
    {
        var folders = path.Split(s_slashes);
        var reader = new ComposeReader(folders.Length > 1 ? folders[folders.Length - 2] : "");
        foreach (var line in text.Lines)
        {
            var content = line.ToString();
            var indent = content.TakeWhile(c => c == ' ').Count();
            if (indent < content.Length && content[indent] is not ('#' or '\t'))
            {
                reader.Take(new Piece(content, indent, content.Length, line.Start), indent);
            }
        }

        reader.EndService();
        return new ComposeFile(reader._variables, reader._isWhole ? reader._hosts : [], reader._properties);
    }

    private static bool Begins(string name, string stem) =>
        name.StartsWith(stem, StringComparison.OrdinalIgnoreCase) && name[stem.Length] is '.' or '-' or '_';

    private void Take(Piece line, int indent)
    {
        if (indent == 0)
        {
            EndService();
            _isInServices = line.Key() is { Text: "services" };
            _indent.Service = -1;
        }
        else if (!_isInServices)
        {
            return;
        }
        else if (_indent.Service < 0 || indent <= _indent.Service)
        {
            EndService();
            _indent.Service = indent;
            _isInService = true;
            if (line.Key() is { } name)
            {
                _hosts.Add(name.Text);
            }
        }
        else if (_indent.Property < 0 || (indent <= _indent.Property && !(line.IsItem && indent == _indent.Property)))
        {
            _indent = (_indent.Service, indent, -1);
            TakeProperty(line);
        }
        else if (_indent.Entry < 0 || indent <= _indent.Entry)
        {
            // What stands deeper than the first entry goes on with an entry's text.
            _indent.Entry = indent;
            TakeEntry(line);
        }
    }

    private void TakeProperty(Piece line)
    {
        _property = line.Key()?.Text ?? "";
        var value = line.Value();
        if (line.Key() is { } key)
        {
            _properties.Add((key.Text, key.Span));
        }

        switch (_property)
        {
            case "container_name" or "hostname":
                _hosts.Add(value.Text);
                break;
            case "image":
                _hasImage = true;
                break;
            case "build":
                _context = value.Text;
                break;
            case "environment" when value.Text.Length > 1 && value.Text[0] is '{' or '[':
                foreach (var entry in value.Elements())
                {
                    Add(value.Text[0] == '[' ? entry.Assignment() : (entry.Key(), entry.Value()));
                }

                break;
        }
    }

    private void TakeEntry(Piece line)
    {
        switch (_property)
        {
            case "environment":
                Add(line.IsItem ? line.Item().Assignment() : (line.Key(), line.Value()));
                break;
            case "build" when line.Key() is { Text: "context" }:
                _context = line.Value().Text;
                break;
            case "build" when line.Key() is { Text: "dockerfile" }:
                _dockerfile = line.Value().Text;
                break;
        }
    }

    private void Add((Piece? Name, Piece Value) variable)
    {
        if (
            variable.Name is { } name
            && name.Text.Length > 0
            && name.Text.All(c => char.IsLetterOrDigit(c) || c is '_' or ':' or '.' or '-')
        )
        {
            _ofService.Add(new Variable(name.Text, name.Span, variable.Value.Text, variable.Value.Span));
        }
    }

    private void EndService()
    {
        _isWhole &= !_isInService || _hasImage || _context is not null;
        _isInService = false;
        if (IsBuiltHere())
        {
            _variables.AddRange(_ofService);
        }

        _ofService.Clear();
        (_property, _dockerfile, _context, _hasImage) = ("", "", null, false);
        _indent = (_indent.Service, -1, -1);
    }

    // An image alone is somebody else's; with neither, the file adds to a service of another one.
    private bool IsBuiltHere()
    {
        if (_context is null)
        {
            return !_hasImage;
        }

        var parts = _dockerfile.Split(s_slashes);
        return _context.Trim('.', '/') is { Length: 0 }
            && (
                _context.StartsWith("..", StringComparison.Ordinal)
                    ? parts.Length > 1 && parts[parts.Length - 2].Equals(_folder, StringComparison.OrdinalIgnoreCase)
                    : parts.Length == 1 || parts[0] == "."
            );
    }

    /// <summary>A part of a line.</summary>
    private readonly struct Piece(string line, int start, int end, int lineStart)
    {
        private readonly string _line = line;
        private readonly int _start = start;
        private readonly int _end = end;
        private readonly int _lineStart = lineStart;

        public string Text => _line.Substring(_start, _end - _start);

        public TextSpan Span => TextSpan.FromBounds(_lineStart + _start, _lineStart + _end);

        public bool IsItem => _line[_start] == '-' && (_start + 1 == _end || _line[_start + 1] == ' ');

        public Piece Item() => Part(_start + 1, _end).Scalar();

        /// <summary>What stands in front of the colon that ends a key.</summary>
        public Piece? Key() => Colon() is var colon && colon < 0 ? null : Part(_start, colon).Scalar();

        public Piece Value() => Colon() is var colon && colon < 0 ? Part(_end, _end) : Part(colon + 1, _end).Scalar();

        /// <summary><c>NAME=value</c>; a name alone hands a variable of the host on.</summary>
        public (Piece? Name, Piece Value) Assignment()
        {
            var equals = _line.IndexOf('=', _start, _end - _start);
            return equals < 0 ? (this, Part(_end, _end)) : (Part(_start, equals), Part(equals + 1, _end));
        }

        /// <summary>Of a collection on one line.</summary>
        public IEnumerable<Piece> Elements()
        {
            var from = _start + 1;
            var quote = '\0';
            for (var i = from; i < _end; i++)
            {
                var c = _line[i];
                if (quote != '\0')
                {
                    quote = c == quote ? '\0' : quote;
                }
                else if (c is '"' or '\'')
                {
                    quote = c;
                }
                else if (c is ',' or '}' or ']')
                {
                    var element = Part(from, i);
                    yield return _line[_start] == '[' ? element.Scalar() : element;
                    from = i + 1;
                }
            }
        }

        // Without anchor, tag, quotes and comment.
        private Piece Scalar()
        {
            var start = _start;
            while (start < _end && _line[start] is '&' or '!')
            {
                while (start < _end && _line[start] != ' ')
                {
                    start++;
                }

                start = Part(start, _end)._start;
            }

            if (start < _end && _line[start] is '"' or '\'')
            {
                var close = _line.IndexOf(_line[start], start + 1, _end - start - 1);
                return close < 0 ? Part(_end, _end) : new Piece(_line, start + 1, close, _lineStart);
            }

            var comment = _line.IndexOf(" #", start, _end - start, StringComparison.Ordinal);
            return Part(start, comment < 0 ? _end : comment);
        }

        private int Colon()
        {
            var from = _start;
            if (from < _end && _line[from] is '"' or '\'')
            {
                from = _line.IndexOf(_line[from], from + 1, _end - from - 1);
                if (from < 0)
                {
                    return -1;
                }
            }

            for (var i = from; i < _end; i++)
            {
                if (_line[i] == ':' && (i + 1 == _end || _line[i + 1] is ' ' or '\t'))
                {
                    return i;
                }
            }

            return -1;
        }

        private Piece Part(int start, int end)
        {
            while (start < end && _line[start] is ' ' or '\t')
            {
                start++;
            }

            while (end > start && _line[end - 1] is ' ' or '\t')
            {
                end--;
            }

            return new Piece(_line, start, end, _lineStart);
        }
    }
}
