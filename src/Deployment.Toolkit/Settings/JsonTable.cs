using System.Globalization;
using System.Text;
using System.Text.Json;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Settings;

/// <summary>
/// Reads a JSON settings file: the dialect, keys and values of .NET's own JSON provider, and beside them the place of each. It never
/// throws for what stands in the file.
/// </summary>
internal ref struct JsonTable
{
    private static readonly JsonReaderOptions Dialect = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly string _source;
    private readonly Dictionary<string, TableValue> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, TableContainer> _containers = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<DeploymentMessage> _faults = [];
    private Utf8JsonReader _reader;
    private TextPosition _position;

    private JsonTable(string source, ReadOnlySpan<byte> text)
    {
        _source = source;
        _reader = new Utf8JsonReader(text, Dialect);
        _position = new TextPosition(text);
    }

    internal static ConfigurationTable Read(string source, byte[] content)
    {
        var text = Utf8(content);
        var table = new JsonTable(source, text);
        try
        {
            table.ReadRoot();
        }
        catch (JsonException e)
        {
            var line = (int)(e.LineNumber ?? 0) + 1;
            table.Fault(
                Codes.ConfigurationMalformed,
                null,
                line,
                ColumnOf(text, line, (int)(e.BytePositionInLine ?? 0)),
                $"is not valid JSON: {ReasonOf(e)}. Correct it there."
            );
        }

        return new ConfigurationTable(source, table._values, table._containers, table._faults);
    }

    // The provider of .NET reads through a StreamReader, which knows UTF-16 and UTF-32 by their marks.
    private static ReadOnlySpan<byte> Utf8(byte[] content)
    {
        var span = content.AsSpan();
        if (span.StartsWith(Encoding.UTF8.Preamble))
            return span[3..];
        if (
            !span.StartsWith(Encoding.Unicode.Preamble)
            && !span.StartsWith(Encoding.BigEndianUnicode.Preamble)
            && !span.StartsWith(Encoding.UTF32.Preamble)
        )
            return span;

        using var reader = new StreamReader(new MemoryStream(content), detectEncodingFromByteOrderMarks: true);
        return Encoding.UTF8.GetBytes(reader.ReadToEnd());
    }

    private static int ColumnOf(ReadOnlySpan<byte> text, int line, int byteInLine)
    {
        for (var i = 1; i < line; i++)
            text = text[(text.IndexOf((byte)'\n') + 1)..];
        return Encoding.UTF8.GetCharCount(text[..Math.Min(byteInLine, text.Length)]) + 1;
    }

    // What .NET quotes may be a piece of a value, so only single characters are repeated.
    private static string ReasonOf(JsonException e)
    {
        var reason = e.Message;
        var tail = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (tail > 0)
            reason = reason[..tail];
        var open = reason.IndexOf('\'', StringComparison.Ordinal);
        var close = open < 0 ? -1 : reason.IndexOf('\'', open + 1);
        return (close > open + 2 ? string.Concat(reason.AsSpan(0, open), "a text", reason.AsSpan(close + 1)) : reason).TrimEnd('.');
    }

    private void ReadRoot()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject)
        {
            var (line, column) = _position.At(_reader.TokenStartIndex);
            Fault(Codes.ConfigurationMalformed, null, line, column, "does not hold a JSON object. Begin it with '{'.");
            return;
        }

        ReadObject(null);
        _reader.Read();
    }

    private void ReadObject(string? path)
    {
        var isEmpty = true;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            var (line, column) = _position.At(_reader.TokenStartIndex);
            var name = TextOf(path, line, column);
            _reader.Read();
            if (name is null)
                _reader.Skip();
            else
                ReadValue(path is null ? name : ConfigurationPath.Combine(path, name), line, column);
        }

        if (isEmpty && path is not null && _containers[path] is var place)
            Add(path, null, place.Line, place.Column);
    }

    private void ReadArray(string path)
    {
        var index = 0;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            var (line, column) = _position.At(_reader.TokenStartIndex);
            ReadValue(ConfigurationPath.Combine(path, index.ToString(CultureInfo.InvariantCulture)), line, column);
            index++;
        }

        if (index == 0 && _containers[path] is var place)
            Add(path, "", place.Line, place.Column);
    }

    private void ReadValue(string path, int line, int column)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                _containers.TryAdd(path, new TableContainer(false, line, column));
                ReadObject(path);
                break;
            case JsonTokenType.StartArray:
                _containers.TryAdd(path, new TableContainer(true, line, column));
                ReadArray(path);
                break;
            case JsonTokenType.String:
                if (TextOf(path, line, column) is { } text)
                    Add(path, text, line, column);
                break;
            case JsonTokenType.Number:
                Add(path, Encoding.UTF8.GetString(_reader.ValueSpan), line, column);
                break;
            case JsonTokenType.Null:
                Add(path, null, line, column);
                break;
            default:
                Add(path, _reader.TokenType == JsonTokenType.True ? bool.TrueString : bool.FalseString, line, column);
                break;
        }
    }

    // Half of a surrogate pair and bytes that are no UTF-8 pass the reader and fail here.
    private string? TextOf(string? path, int line, int column)
    {
        try
        {
            return _reader.GetString();
        }
        catch (InvalidOperationException)
        {
            Fault(Codes.ConfigurationMalformed, path, line, column, "holds a text that is no valid Unicode. Correct it there.");
            return null;
        }
    }

    private void Add(string key, string? value, int line, int column)
    {
        if (ConfigurationTable.IsTooDeep(key))
        {
            Fault(
                Codes.ConfigurationMalformed,
                ConfigurationTable.Shown(key),
                line,
                column,
                $"holds a key of more than {ConfigurationTable.MostParts} parts. Shorten it."
            );
            return;
        }

        if (_values.TryAdd(key, new TableValue(key, value, line, column)))
            return;

        var first = _values[key];
        var names = first.Key == key ? $"Key {key}" : $"Keys {first.Key} and {key}";
        _faults.Add(
            new DeploymentMessage(
                Codes.KeyDuplicate,
                $"{names} stand{(first.Key == key ? "s twice" : "")} in {_source}, at {first.Line}:{first.Column} and {line}:{column}; "
                    + $"keys compare without case. Remove one."
            )
            {
                Key = key,
                File = _source,
                Line = line,
                Column = column,
            }
        );
    }

    private void Fault(string code, string? key, int line, int column, string text) =>
        _faults.Add(
            new DeploymentMessage(code, $"{_source}:{line}:{column} {text}")
            {
                Key = key,
                File = _source,
                Line = line,
                Column = column,
            }
        );
}
