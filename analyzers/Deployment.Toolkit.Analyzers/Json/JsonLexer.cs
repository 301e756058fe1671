using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

internal enum JsonTokenKind
{
    End,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Colon,
    Comma,
    String,
    Number,
    True,
    False,
    Null,

    /// <summary>Characters that are no token; an error says so.</summary>
    Bad,
}

internal readonly record struct JsonToken(JsonTokenKind Kind, TextSpan Span, string Text);

/// <summary>
/// Cuts a text into tokens: strict JSON with <c>//</c> and <c>/* */</c> comments, as <c>JsonConfigurationFileParser</c> asks for.
/// </summary>
internal sealed class JsonLexer(string text)
{
    private int _position = text.Length > 0 && text[0] == '\uFEFF' ? 1 : 0;

    public ImmutableArray<JsonError>.Builder Errors { get; } = ImmutableArray.CreateBuilder<JsonError>();

    public ImmutableArray<JsonComment>.Builder Comments { get; } = ImmutableArray.CreateBuilder<JsonComment>();

    public JsonToken Next()
    {
        SkipTrivia();
        if (_position >= text.Length)
        {
            return new JsonToken(JsonTokenKind.End, new TextSpan(text.Length, 0), "");
        }

        return text[_position] switch
        {
            '{' => Single(JsonTokenKind.OpenBrace),
            '}' => Single(JsonTokenKind.CloseBrace),
            '[' => Single(JsonTokenKind.OpenBracket),
            ']' => Single(JsonTokenKind.CloseBracket),
            ':' => Single(JsonTokenKind.Colon),
            ',' => Single(JsonTokenKind.Comma),
            '"' => String(),
            _ => Word(),
        };
    }

    private JsonToken Single(JsonTokenKind kind) => new(kind, new TextSpan(_position++, 1), "");

    private void SkipTrivia()
    {
        while (_position < text.Length)
        {
            switch (text[_position])
            {
                case ' ' or '\t' or '\r' or '\n':
                    _position++;
                    break;
                case '/' when At(1) == '/':
                    var line = _position;
                    while (_position < text.Length && text[_position] is not ('\r' or '\n'))
                    {
                        _position++;
                    }

                    Comments.Add(new JsonComment(TextSpan.FromBounds(line, _position), text.Substring(line + 2, _position - line - 2)));
                    break;
                case '/' when At(1) == '*':
                    var start = _position;
                    var end = text.IndexOf("*/", _position + 2, System.StringComparison.Ordinal);
                    _position = end < 0 ? text.Length : end + 2;
                    if (end < 0)
                    {
                        Errors.Add(new JsonError(new TextSpan(start, 2), "a comment begins here and never ends"));
                    }

                    Comments.Add(
                        new JsonComment(
                            TextSpan.FromBounds(start, _position),
                            text.Substring(start + 2, (end < 0 ? text.Length : end) - start - 2)
                        )
                    );
                    break;
                default:
                    return;
            }
        }
    }

    private char At(int offset) => _position + offset < text.Length ? text[_position + offset] : '\0';

    private JsonToken String()
    {
        var start = _position++;
        while (_position < text.Length && text[_position] is not ('"' or '\\' or < ' '))
        {
            _position++;
        }

        // Nearly all are as plain as this.
        if (_position < text.Length && text[_position] == '"')
        {
            _position++;
            return new JsonToken(
                JsonTokenKind.String,
                TextSpan.FromBounds(start, _position),
                text.Substring(start + 1, _position - start - 2)
            );
        }

        var value = new StringBuilder().Append(text, start + 1, _position - start - 1);
        while (_position < text.Length)
        {
            var c = text[_position];
            switch (c)
            {
                case '"':
                    _position++;
                    var token = new JsonToken(JsonTokenKind.String, TextSpan.FromBounds(start, _position), value.ToString());
                    return token;
                case '\r' or '\n':
                    return Unterminated();
                case '\\':
                    Escape(value);
                    break;
                default:
                    if (c < ' ')
                    {
                        Errors.Add(new JsonError(new TextSpan(_position, 1), "a control character in a text must be written as an escape"));
                    }

                    value.Append(c);
                    _position++;
                    break;
            }
        }

        return Unterminated();

        JsonToken Unterminated()
        {
            var span = TextSpan.FromBounds(start, _position);
            Errors.Add(new JsonError(span, "a text begins here and its closing quote is missing"));
            return new JsonToken(JsonTokenKind.String, span, value.ToString());
        }
    }

    private void Escape(StringBuilder value)
    {
        var plain = At(1) switch
        {
            '"' => '"',
            '\\' => '\\',
            '/' => '/',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => '\0',
        };
        if (plain != '\0')
        {
            value.Append(plain);
            _position += 2;
        }
        else if (At(1) == 'u' && Hex(_position + 2) is { } unit)
        {
            // A text that is no valid UTF-16 cannot be read as a string: the configuration's reader throws.
            var isHigh = char.IsHighSurrogate(unit);
            if (isHigh && At(6) == '\\' && At(7) == 'u' && Hex(_position + 8) is { } low && char.IsLowSurrogate(low))
            {
                value.Append(unit).Append(low);
                _position += 12;
                return;
            }

            if (isHigh || char.IsLowSurrogate(unit))
            {
                Errors.Add(new JsonError(new TextSpan(_position, 6), "this escape is half a character"));
            }

            value.Append(unit);
            _position += 6;
        }
        else
        {
            var length = At(1) is '\r' or '\n' or '\0' ? 1 : 2;
            Errors.Add(new JsonError(new TextSpan(_position, length), "this is no escape that JSON has"));
            _position += length;
        }
    }

    private char? Hex(int at) =>
        at + 4 <= text.Length
        && IsHex(text[at])
        && ushort.TryParse(text.Substring(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;

    private static bool IsHex(char c) => c is >= '0' and <= '9' or >= 'a' and <= 'f' or >= 'A' and <= 'F';

    private JsonToken Word()
    {
        var start = _position;
        while (_position < text.Length && !EndsWord(text[_position]))
        {
            _position++;
        }

        // A slash, or whatever else can neither begin nor go on: one character at least, or nothing would ever end.
        if (_position == start)
        {
            _position++;
        }

        var span = TextSpan.FromBounds(start, _position);
        var word = text.Substring(start, span.Length);
        switch (word)
        {
            case "true":
                return new JsonToken(JsonTokenKind.True, span, "True");
            case "false":
                return new JsonToken(JsonTokenKind.False, span, "False");
            case "null":
                return new JsonToken(JsonTokenKind.Null, span, "");
        }

        if (IsNumber(word))
        {
            return new JsonToken(JsonTokenKind.Number, span, word);
        }

        Errors.Add(new JsonError(span, word[0] == '\'' ? "JSON has no single quotes" : "this is no value that JSON has"));
        return new JsonToken(JsonTokenKind.Bad, span, word);
    }

    private static bool EndsWord(char c) => c is ' ' or '\t' or '\r' or '\n' or '{' or '}' or '[' or ']' or ':' or ',' or '"' or '/';

    private static bool IsNumber(string word)
    {
        var i = word[0] == '-' ? 1 : 0;
        var whole = Digits(word, ref i);
        if (whole == 0 || (whole > 1 && word[i - whole] == '0'))
        {
            return false;
        }

        if (i < word.Length && word[i] == '.')
        {
            i++;
            if (Digits(word, ref i) == 0)
            {
                return false;
            }
        }

        if (i < word.Length && (word[i] is 'e' or 'E'))
        {
            i++;
            if (i < word.Length && (word[i] is '+' or '-'))
            {
                i++;
            }

            if (Digits(word, ref i) == 0)
            {
                return false;
            }
        }

        return i == word.Length;
    }

    private static int Digits(string word, ref int i)
    {
        var start = i;
        while (i < word.Length && word[i] is >= '0' and <= '9')
        {
            i++;
        }

        return i - start;
    }
}
