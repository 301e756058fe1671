using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Reads a text just as .NET's <c>JsonConfigurationFileParser</c> does (comments, one trailing comma, an object at the top, 64 levels),
/// goes on after an error, and throws for no text. Not System.Text.Json, which hosts on .NET Framework fail to load in an analyzer and
/// which has no places for what it read.
/// </summary>
internal sealed class JsonReader
{
    private const int MaxDepth = 64;

    private readonly JsonLexer _lexer;
    private JsonToken _token;
    private int _depth;

    private JsonReader(string text)
    {
        _lexer = new JsonLexer(text);
        _token = _lexer.Next();
    }

    public static JsonTree Read(string text)
    {
        var reader = new JsonReader(text);
        var root = reader.Root();
        var errors = reader._lexer.Errors.ToImmutable().Sort((a, b) => a.Span.Start.CompareTo(b.Span.Start));
        return new JsonTree(text, root, errors, reader._lexer.Comments.ToImmutable());
    }

    private JsonValue? Root()
    {
        if (_token.Kind == JsonTokenKind.End)
        {
            Error(_token.Span, "the file is empty; write {}");
            return null;
        }

        var root = Value();
        if (_token.Kind != JsonTokenKind.End)
        {
            Error(_token.Span, "the file should end before this");
            while (_token.Kind != JsonTokenKind.End)
            {
                Advance();
            }
        }

        if (root.Kind == JsonKind.Object)
        {
            return root;
        }

        Error(root.Span, "the file must be one object in braces");
        return null;
    }

    private JsonValue Value()
    {
        var token = _token;
        switch (token.Kind)
        {
            case JsonTokenKind.OpenBrace or JsonTokenKind.OpenBracket when _depth >= MaxDepth:
                Error(token.Span, "this is nested deeper than the 64 levels that configuration reads");
                SkipNested();
                return Leaf(JsonKind.Missing, token);
            case JsonTokenKind.OpenBrace:
                return Object();
            case JsonTokenKind.OpenBracket:
                return Array();
            case JsonTokenKind.String:
                Advance();
                return Leaf(JsonKind.String, token);
            case JsonTokenKind.Number:
                Advance();
                return Leaf(JsonKind.Number, token);
            case JsonTokenKind.True:
                Advance();
                return Leaf(JsonKind.True, token);
            case JsonTokenKind.False:
                Advance();
                return Leaf(JsonKind.False, token);
            case JsonTokenKind.Null:
                Advance();
                return Leaf(JsonKind.Null, token);
            case JsonTokenKind.Bad:
                Advance();
                return Leaf(JsonKind.Missing, token);
            default:
                Error(token.Span, "a value is missing here");
                return Leaf(JsonKind.Missing, new JsonToken(JsonTokenKind.Bad, new TextSpan(token.Span.Start, 0), ""));
        }
    }

    private JsonValue Object()
    {
        var open = Enter();
        var properties = ImmutableArray.CreateBuilder<JsonProperty>();
        while (true)
        {
            switch (_token.Kind)
            {
                case JsonTokenKind.CloseBrace:
                    return Close(JsonKind.Object, open, properties.ToImmutable(), []);
                case JsonTokenKind.End or JsonTokenKind.CloseBracket:
                    Error(open, "this brace is never closed");
                    return Cut(JsonKind.Object, open, properties.ToImmutable(), []);
                case JsonTokenKind.String:
                    properties.Add(Property());
                    Separator(JsonTokenKind.CloseBrace);
                    break;
                case JsonTokenKind.OpenBrace or JsonTokenKind.OpenBracket:
                    Error(_token.Span, "a name in double quotes is missing before this");
                    Value();
                    Separator(JsonTokenKind.CloseBrace);
                    break;
                default:
                    Error(_token.Span, "a name in double quotes should stand here");
                    Advance();
                    break;
            }
        }
    }

    private JsonProperty Property()
    {
        var name = _token;
        Advance();
        if (_token.Kind != JsonTokenKind.Colon)
        {
            Error(new TextSpan(name.Span.End, 0), "a colon is missing after the name");
            return new JsonProperty(name.Text, name.Span, Nothing(name.Span.End));
        }

        var colon = _token.Span;
        Advance();
        return _token.Kind is JsonTokenKind.Comma or JsonTokenKind.CloseBrace or JsonTokenKind.CloseBracket or JsonTokenKind.End
            ? Lacks()
            : new JsonProperty(name.Text, name.Span, Value());

        JsonProperty Lacks()
        {
            Error(colon, "a value is missing after the colon");
            return new JsonProperty(name.Text, name.Span, Nothing(colon.End));
        }
    }

    private JsonValue Array()
    {
        var open = Enter();
        var elements = ImmutableArray.CreateBuilder<JsonValue>();
        while (true)
        {
            switch (_token.Kind)
            {
                case JsonTokenKind.CloseBracket:
                    return Close(JsonKind.Array, open, [], elements.ToImmutable());
                case JsonTokenKind.End or JsonTokenKind.CloseBrace:
                    Error(open, "this bracket is never closed");
                    return Cut(JsonKind.Array, open, [], elements.ToImmutable());
                case JsonTokenKind.Comma or JsonTokenKind.Colon:
                    Error(_token.Span, "a value should stand before this");
                    Advance();
                    break;
                default:
                    elements.Add(Value());
                    Separator(JsonTokenKind.CloseBracket);
                    break;
            }
        }
    }

    // One comma, which may stand before the closing bracket too.
    private void Separator(JsonTokenKind close)
    {
        if (_token.Kind == JsonTokenKind.Comma)
        {
            Advance();
        }
        else if (
            _token.Kind != close
            && _token.Kind != JsonTokenKind.End
            && _token.Kind is not (JsonTokenKind.CloseBrace or JsonTokenKind.CloseBracket)
        )
        {
            Error(_token.Span, "a comma is missing before this");
            if (_token.Kind == JsonTokenKind.Colon)
            {
                Advance();
            }
        }
    }

    private TextSpan Enter()
    {
        var open = _token.Span;
        _depth++;
        Advance();
        return open;
    }

    private JsonValue Close(JsonKind kind, TextSpan open, ImmutableArray<JsonProperty> properties, ImmutableArray<JsonValue> elements)
    {
        var value = new JsonValue(kind, TextSpan.FromBounds(open.Start, _token.Span.End), "", properties, elements);
        _depth--;
        Advance();
        return value;
    }

    private JsonValue Cut(JsonKind kind, TextSpan open, ImmutableArray<JsonProperty> properties, ImmutableArray<JsonValue> elements)
    {
        _depth--;
        if (_depth == 0 && _token.Kind != JsonTokenKind.End)
        {
            Advance();
        }

        return new JsonValue(kind, TextSpan.FromBounds(open.Start, _token.Span.Start), "", properties, elements);
    }

    // Without recursion: a text may nest as deep as it is long.
    private void SkipNested()
    {
        var open = 0;
        do
        {
            open += _token.Kind switch
            {
                JsonTokenKind.OpenBrace or JsonTokenKind.OpenBracket => 1,
                JsonTokenKind.CloseBrace or JsonTokenKind.CloseBracket => -1,
                _ => 0,
            };
            Advance();
        } while (open > 0 && _token.Kind != JsonTokenKind.End);
    }

    private void Advance() => _token = _lexer.Next();

    private void Error(TextSpan span, string message) => _lexer.Errors.Add(new JsonError(span, message));

    private static JsonValue Leaf(JsonKind kind, JsonToken token) => new(kind, token.Span, token.Text, [], []);

    private static JsonValue Nothing(int position) => new(JsonKind.Missing, new TextSpan(position, 0), "", [], []);
}
