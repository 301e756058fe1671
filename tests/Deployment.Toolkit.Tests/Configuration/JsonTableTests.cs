using System.Text;
using CsCheck;
using Deployment.Toolkit.Settings;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Tests.Configuration;

public sealed class JsonTableTests
{
    private const string Real = """
        {
          // hosts
          "Logging": { "LogLevel": { "Default": "Information", "Microsoft.AspNetCore": "Warning" } },
          "AllowedHosts": "*", "A:B": { "c": 1.50e3 },
          "Items": [ 1, "two", { "x": null }, [], {}, [ [ true, false ] ] ], "Empty": {}, "None": [], "Nothing": null, "Ünïcode": "\u00e9\n\"",
        }
        """;

    private static ConfigurationTable Read(string json) => JsonTable.Read("x.json", Encoding.UTF8.GetBytes(json));

    [Theory]
    [InlineData(Real)]
    [InlineData("{}")]
    [InlineData("{ \"a\": { \"b\": { } }, \"c\": [ [ ], [ { } ] ] }")]
    public void Keys_and_values_are_those_of_the_provider_of_dotnet(string json)
    {
        var plain = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        var provider = plain.Providers.Single();
        var expected = plain.AsEnumerable().Where(pair => provider.TryGet(pair.Key, out _)).OrderBy(static pair => pair.Key, StringComparer.Ordinal).ToList();
        var table = Read(json);
        Assert.Empty(table.Faults);
        Assert.Equal(expected, table.Values.Values.Select(static value => KeyValuePair.Create(value.Key, value.Value)).OrderBy(static pair => pair.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void Byte_order_marks_are_understood(string encoding)
    {
        var bytes = Encoding.GetEncoding(encoding);
        var table = JsonTable.Read("x.json", [.. bytes.Preamble, .. bytes.GetBytes("{ \"ä\": 1 }")]);
        Assert.Equal(("1", 1, 3), (table.Values["ä"].Value, table.Values["ä"].Line, table.Values["ä"].Column));
    }

    [Fact]
    public void Columns_count_characters()
    {
        var value = Read("{\n \"ä\": 1, \"😀\": 2, \"b\": 3 }").Values["b"];
        Assert.Equal((2, 19), (value.Line, value.Column));
    }

    [Theory]
    [InlineData("{ \"a\": 1, \"A\": 2 }")]
    [InlineData("{ \"a:b\": 1, \"a\": { \"B\": 2 } }")]
    public void Keys_that_differ_by_case_are_one_fault_with_both_places(string json)
    {
        var fault = Assert.Single(Read(json).Faults);
        Assert.Equal("DTK1006", fault.Code);
        Assert.Contains("at 1:3 and 1:", fault.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{ \"a\": ")]
    [InlineData("{ \"a\": tru }")]
    [InlineData("{ \"a\": 1 } x")]
    [InlineData("{ \"a\": \"\\uD800\" }")]
    [InlineData("{ \"\\uDC00\": 1 }")]
    [InlineData("nonsense")]
    public void What_is_no_settings_file_is_one_fault_with_its_place(string json)
    {
        var fault = Assert.Single(Read(json).Faults);
        Assert.Equal("DTK1008", fault.Code);
        Assert.NotNull(fault.Line);
    }

    [Fact]
    public void Mutated_files_never_throw() =>
        Mutations.Of(Encoding.UTF8.GetBytes(Real), [.. "{}[]\",:\\\n/ ".Select(char.ToString)]).Sample(
            static mutated => Assert.True(JsonTable.Read("x.json", mutated).Faults.Count > 0 || IsReadByDotnet(mutated)),
            iter: FullRun.Times(5_000, full: 200_000));

    [Fact]
    public void Work_grows_with_the_file()
    {
        var (small, large) = (Minified(100_000), Minified(200_000));
        Assert.True(large.Length > 4_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        JsonTable.Read("x.json", small);
        var middle = GC.GetAllocatedBytesForCurrentThread();
        JsonTable.Read("x.json", large);
        var after = GC.GetAllocatedBytesForCurrentThread();
        Assert.InRange((after - middle) / (double)(middle - before), 1, 3);
    }

    private static byte[] Minified(int count) =>
        Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, count).Select(static i => $"\"key{i}\":\"value {i}\"")) + "}");

    // What this reader takes, the one of .NET must take too: otherwise a reload would serve what a restart refuses.
    private static bool IsReadByDotnet(byte[] json)
    {
        try
        {
            _ = new ConfigurationBuilder().AddJsonStream(new MemoryStream(json)).Build();
            return true;
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or InvalidOperationException)
        {
            return false;
        }
    }
}
