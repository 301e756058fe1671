using System.Text;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>The reader is held to what .NET's own makes of the same text.</summary>
public sealed class JsonReaderTests
{
    private const string Real =
        """
        // As a template makes it.
        {
          "Logging": { "LogLevel": { "Default": "Information", "Microsoft.AspNetCore": "Warning" }, },
          "AllowedHosts": "*", /* any */
          "ConnectionStrings": { "Main": "Server=.;Database=a\\b;Password=\"x\"" },
          "Smtp": { "Host": "mail\u002eexample.com", "Port": 25, "Ratio": -1.5e+3, "UseTls": true, "From": null },
          "Servers": [ "a", "b", { "Name": "c", "Tags": [ 1, 2, [] ] } ],
          "Features:NewCart": false, "Features": { "OldCart": true },
          "Emoji": "\uD83D\uDE00 ä", "Empty": {}, "None": []
        }

        """;

    private const string Other =
        "{\r\n\t\"Serilog\": {\r\n\t\t\"MinimumLevel\": \"Debug\",\r\n\t\t\"WriteTo\": [\r\n\t\t\t{ \"Name\": \"Console\" },\r\n\t\t\t{ \"Name\": \"File\", \"Args\": { \"path\": \"logs\\\\log.txt\" } }\r\n\t\t]\r\n\t},\r\n\t\"a\": 0,\r\n\t\"A:b\": 10\r\n}";

    public static TheoryData<string> Texts =>
    [
        Real, Other, "", " ", "{}", "[]", "1", "{", "}", "{,}", "{\"a\":1,}", "{\"a\":[1,]}", "{\"a\":[,]}", "{\"a\":[1,,2]}", "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{\"a\":}",
        "{a:1}", "{'a':1}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":+1}", "{\"a\":-}", "{\"a\":1e}", "{\"a\":True}", "{\"a\":NaN}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\uD800\"}", "{\"a\":\"\\uDC00x\"}", "{\"\\uD800\":1}", "{\"a\":\"\t\"}", "{\"a\":\"x\ny\"}", "{\"a\":1}{}", "{\"a\":1}//x", "{\"a\":1}/*", "/**/{}", "{\"a\":1/*x*/,}", "\uFEFF{}",
        "{\"a\":1,\"A\":2}", "{\"a\":{\"b\":1},\"A\":{\"c\":2}}", "{\"a\":{\"b\":1},\"a:B\":2}", "{\"a\":1,\"a\":{\"b\":2}}", "{\"a\":{},\"a\":1}", "{\"a\":1,\"a\":{}}", "{\"a\":null,\"a\":1}", "{\"a\":[],\"A\":[1]}",
        "{\"a\":[1],\"a\":[2]}", "{\"\":1}", "{\":\":1}", "{\"a:\":1}", "{\"a::b\":1}", "{\"a\":\"b\\/c\"}", "{\"a\":/1}", "{\"a\":1}/", "{\"a\":tru}", "{\"a\":nulll}", "null", "\"x\"", "{\"a\":{\"b\":[{\"c\":1}]}}",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_is_refused_and_read_as_by_the_configuration_itself(string text) => Compare(text);

    [Fact]
    public void Every_truncation_is_read_alike()
    {
        foreach (var text in new[] { Real, Other })
        {
            for (var length = 0; length <= text.Length; length++)
            {
                Compare(text[..length]);
            }
        }
    }

    [Fact]
    public void Any_mutation_is_read_alike()
    {
        var random = new Random(20_261_121);
        for (var i = 0; i < FullRun.Times(5_000, full: 100_000); i++)
        {
            Compare(Mutate(i % 2 == 0 ? Real : Other, random));
        }
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(100)]
    [InlineData(100_000)]
    public void Deep_nesting_ends_where_the_configuration_ends(int depth) =>
        Compare("{\"a\":" + new string('[', depth - 1) + new string(']', depth - 1) + "}");

    [Fact]
    public void Half_characters_in_the_text_itself_do_not_throw()
    {
        var tree = JsonReader.Read("{ \"a\uD800\": \"\uDC00\" }");
        Assert.Empty(tree.Errors);
        Assert.Equal("\uDC00", tree.Root!.Properties[0].Value.Text);
    }

    [Fact]
    public void Five_megabytes_are_read()
    {
        var text = "{" + string.Join(",", Enumerable.Range(0, 100_000).Select(i => $"\"Section{i}\": {{ \"Key\": \"value {i}\", \"List\": [1, 2] }}")) + "}";
        Assert.True(text.Length > 5_000_000);
        var duplicates = new List<DuplicateSetting>();
        Assert.Equal("value 99999", Setting.Read(JsonReader.Read(text).Root, duplicates).Find("Section99999:Key")!.Value!.Text);
        Assert.Empty(duplicates);
    }

    [Fact]
    public void Spans_are_those_of_the_tokens()
    {
        var tree = JsonReader.Read("{ \"a\\u0062\" : [ -1.5 ] }");
        var property = tree.Root!.Properties[0];
        Assert.Equal("ab", property.Name);
        Assert.Equal((2, 9), (property.NameSpan.Start, property.NameSpan.Length));
        Assert.Equal((14, 8), (property.Value.Span.Start, property.Value.Span.Length));
        Assert.Equal((16, 4), (property.Value.Elements[0].Span.Start, property.Value.Elements[0].Span.Length));
    }

    [Fact]
    public void What_follows_an_error_is_still_read()
    {
        var tree = JsonReader.Read("{ \"a\": , \"b\": { \"c\": 1 \"d\": 2 }, \"e\": tru, \"f\": 3 }");
        Assert.Equal(["a", "b", "e", "f"], tree.Root!.Properties.Select(p => p.Name));
        Assert.Equal(["c", "d"], tree.Root.Properties[1].Value.Properties.Select(p => p.Name));
        Assert.Equal(3, tree.Errors.Length);
    }

    private static void Compare(string text)
    {
        var tree = JsonReader.Read(text);
        var duplicates = new List<DuplicateSetting>();
        var root = Setting.Read(tree.Root, duplicates);
        var refused = tree.Errors.Length + duplicates.Count > 0;

        IConfiguration? read = null;
        try
        {
            read = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(text))).Build();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever it is, the app does not start.
        }

        Assert.True(refused == (read is null), $"{(refused ? "Refused" : "Read")}, unlike by the configuration: {text}");
        if (read is null)
        {
            return;
        }

        var expected = read.AsEnumerable().Where(p => p.Value is { Length: > 0 }).ToDictionary(p => p.Key, p => p.Value!, StringComparer.OrdinalIgnoreCase);
        var actual = root.Descendants().Where(s => s.IsScalar && s.Value!.Text.Length > 0).ToDictionary(s => s.Path, s => s.Value!.Text, StringComparer.OrdinalIgnoreCase);
        Assert.Equal(Sorted(expected), Sorted(actual));

        static IEnumerable<string> Sorted(Dictionary<string, string> values) =>
            values.Select(p => $"{p.Key.ToUpperInvariant()}={p.Value}").Order(StringComparer.Ordinal);
    }

    private static string Mutate(string text, Random random)
    {
        const string Alphabet = "{}[]:,\"\\/*u0aA1.eE-+ \t\n\rtfn'\u0001D8";
        var builder = new StringBuilder(text);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(builder.Length);
            var length = Math.Min(random.Next(1, 12), builder.Length - at);
            switch (random.Next(4))
            {
                case 0:
                    builder.Remove(at, length);
                    break;
                case 1:
                    builder.Insert(at, Alphabet[random.Next(Alphabet.Length)]);
                    break;
                case 2:
                    builder[at] = Alphabet[random.Next(Alphabet.Length)];
                    break;
                default:
                    builder.Insert(random.Next(builder.Length), builder.ToString(at, length));
                    break;
            }
        }

        return builder.ToString();
    }
}
