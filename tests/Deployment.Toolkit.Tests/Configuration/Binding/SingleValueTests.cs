using Deployment.Toolkit.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Tests.Configuration.Binding;

/// <summary>A single value where a list belongs: never ignored.</summary>
public sealed class SingleValueTests : IDisposable
{
    private readonly SettingsApp _app = new();

    public void Dispose() => _app.Dispose();

    public sealed class Lists
    {
        public List<string> V { get; set; } = ["default"];

        public Dictionary<string, int> D { get; set; } = [];

        [SingleOrMany]
        public string[] One { get; set; } = [];

        [SingleOrMany(",")]
        public List<int> Many { get; set; } = [];
    }

    public sealed record ListRecord([SingleOrMany(";")] IReadOnlyList<string> V);

    [Theory]
    [InlineData("""{ "S": { "V": "x,y" } }""", null, "S:V", "appsettings.json")]
    [InlineData("""{ "S": { "V": ["a"] } }""", "--S:V=x,y", "S:V", null)]
    [InlineData("""{ "S": { "V": [] } }""", "--S:V=x,y", "S:V", null)]
    [InlineData("""{ "S": { } }""", "--S:V=x,y", "S:V", null)]
    [InlineData("""{ "S": { "D": { "a": 1 } } }""", "--S:D=x", "S:D", null)]
    [InlineData("""{ "S": { "D": 5 } }""", null, "S:D", "appsettings.json")]
    public void A_single_value_over_a_collection_is_a_fault(string json, string? argument, string key, string? file)
    {
        _app.Write("appsettings.json", json);
        if (argument is not null) _app.Arguments = [argument];
        var fault = Assert.Single(_app.Faults<Lists>("S"));
        Assert.Equal(("DTK1002", key, file), (fault.Code, fault.Key, fault.File));
        if (argument is not null) Assert.Contains($"command line --{key}", fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_dot_env_file_and_in_user_secrets_too()
    {
        _app.Write("appsettings.json", """{ "S": { "V": ["a"] } }""");
        _app.Write(".env", "S__V=x,y\n");
        var fault = Assert.Single(_app.Faults(static d => d.AddDotEnv().AddValidatedOptions<Lists>("S")));
        Assert.Equal(("S:V", ".env", 1), (fault.Key, fault.File, fault.Line));
    }

    [Theory]
    [InlineData("--S:One=x,y", "x,y")]
    [InlineData("--S:One=x", "x")]
    public void Where_the_options_say_so_it_is_a_list_of_one(string argument, string expected)
    {
        _app.Write("appsettings.json", """{ "S": { "One": ["a", "b"] } }""");
        _app.Arguments = [argument];
        Assert.Equal([expected], _app.Bind<Lists>("S").One);
    }

    [Theory]
    [InlineData("""{ "S": { "Many": "1, 2,3" } }""", null, new[] { 1, 2, 3 })]
    [InlineData("""{ "S": { "Many": 7 } }""", null, new[] { 7 })]
    [InlineData("""{ "S": { "Many": [1] } }""", "--S:Many=4,5", new[] { 4, 5 })]
    [InlineData("""{ "S": { "Many": [1] } }""", "--S:Many=", new int[0])]
    [InlineData("""{ "S": { "Many": "1,2" } }""", "--S:Many:1=9", new[] { 1, 9 })]
    public void Or_is_cut_at_the_separator(string json, string? argument, int[] expected)
    {
        _app.Write("appsettings.json", json);
        if (argument is not null) _app.Arguments = [argument];
        Assert.Equal(expected, _app.Bind<Lists>("S").Many);
    }

    [Fact]
    public void A_part_that_does_not_convert_is_a_fault_at_the_value()
    {
        _app.Write("appsettings.json", "{ \"S\": {\n  \"Many\": \"1,x\" } }");
        var fault = Assert.Single(_app.Faults<Lists>("S"));
        Assert.Equal(("DTK1002", "S:Many:1", 2), (fault.Code, fault.Key, fault.Line));
    }

    [Fact]
    public void Records_say_so_at_the_parameter()
    {
        _app.Write("appsettings.json", """{ "S": { "V": "a;b" } }""");
        Assert.Equal(["a", "b"], _app.Bind<ListRecord>("S").V);
    }

    public sealed class Foreign
    {
        public List<string> Hosts { get; set; } = [];

        public ForeignInner Inner { get; set; } = new();

        public string Text { get; set; } = "";

        public Dictionary<string, int> Map { get; set; } = [];
    }

    public sealed class ForeignInner
    {
        [ConfigurationKeyName("numbers")]
        public int[] Values { get; set; } = [];
    }

    [Fact]
    public void Options_of_a_type_that_is_not_ours_say_so_where_they_are_registered()
    {
        _app.Write("appsettings.json", """{ "S": { "Hosts": "a,b", "Inner": { "numbers": "1 | 2" } } }""");
        var bound = Bound(static o => o.SingleOrMany(s => s.Hosts).SingleOrMany(s => s.Inner.Values, "|"));
        Assert.Equal(["a,b"], bound.Hosts);
        Assert.Equal([1, 2], bound.Inner.Values);
    }

    [Fact]
    public void A_relaxed_variable_sets_such_a_list_too()
    {
        System.Environment.SetEnvironmentVariable("DTKSOM_INNER_NUMBERS", "4,5");
        try
        {
            var options = _app.Build(static d => d.AddRelaxedVariables().AddValidatedOptions<Foreign>("DtkSom", static o => o.SingleOrMany(s => s.Inner.Values, ",")));
            Assert.Equal([4, 5], options.Services.GetRequiredService<IOptions<Foreign>>().Value.Inner.Values);
        }
        finally
        {
            System.Environment.SetEnvironmentVariable("DTKSOM_INNER_NUMBERS", null);
        }
    }

    [Fact]
    public void A_call_that_cannot_be_meant_is_refused_where_it_stands()
    {
        Assert.Equal("member", Assert.Throws<ArgumentException>(() => Bound(static o => o.SingleOrMany(s => s.Text))).ParamName);
        Assert.Equal("member", Assert.Throws<ArgumentException>(() => Bound(static o => o.SingleOrMany(s => s.Map))).ParamName);
        Assert.Equal("separator", Assert.Throws<ArgumentException>(() => Bound(static o => o.SingleOrMany(s => s.Hosts, ""))).ParamName);
        Assert.Equal("separator", Assert.Throws<ArgumentException>(() => Bound(static o => o.SingleOrMany(s => s.Hosts, ",").SingleOrMany(s => s.Hosts, ";"))).ParamName);
        Assert.Contains("AddValidatedOptions itself", Assert.Throws<InvalidOperationException>(() => Bound(static o => o.WhenProtected(p => p.SingleOrMany(s => s.Hosts)))).Message, StringComparison.Ordinal);
    }

    private Foreign Bound(Action<ValidatedOptionsBuilder<Foreign>> configure) =>
        _app.Build(d => d.AddValidatedOptions("S", configure)).Services.GetRequiredService<IOptions<Foreign>>().Value;

    [Theory]
    [InlineData("10MB", 10 * 1024 * 1024L)]
    [InlineData("10 mb", 10 * 1024 * 1024L)]
    [InlineData("1.5GiB", 1536 * 1024 * 1024L)]
    [InlineData("512B", 512L)]
    [InlineData("64KiB", 64 * 1024L)]
    [InlineData("2TB", 2L << 40)]
    public void A_size_may_carry_its_unit(string text, long bytes)
    {
        _app.Write("appsettings.json", $$"""{ "S": { "Limit": "{{text}}" } }""");
        Assert.Equal(bytes, _app.Bind<Sized>("S").Limit);
    }

    [Theory]
    [InlineData("Limit", "99999999999TB")]
    [InlineData("Limit", "0.3B")]
    [InlineData("Limit", "10 MX")]
    [InlineData("Limit", "MB")]
    [InlineData("Limit", "-1MB")]
    [InlineData("Small", "4GB")]
    [InlineData("Tiny", "1B")]
    public void What_is_no_size_or_too_long_is_a_fault(string member, string text)
    {
        _app.Write("appsettings.json", $$"""{ "S": { "{{member}}": "{{text}}" } }""");
        Assert.Equal(("DTK1002", $"S:{member}"), (Assert.Single(_app.Faults<Sized>("S")).Code, _app.Faults<Sized>("S")[0].Key));
    }

    public sealed class Sized
    {
        public long Limit { get; set; }

        public int Small { get; set; }

        public byte Tiny { get; set; }
    }

    [FullRunFact]
    public void Unknown_keys_by_the_hundred_thousand_give_a_report_that_can_be_read()
    {
        _app.Write("appsettings.json", "{ \"S\": { " + string.Join(", ", Enumerable.Range(0, 100_000).Select(static i => $"\"Key{i}\": \"x\"")) + " } }");
        var faults = _app.Faults<Lists>("S");
        Assert.InRange(faults.Count, 100, 102);
        Assert.Contains(faults, static fault => fault.Text.StartsWith("99900 more faults", StringComparison.Ordinal));
        var host = _app.Build(static d => d.AddValidatedOptions<Lists>("S"));
        Assert.InRange(host.Services.GetRequiredService<ConfigurationStore>().Current.Faults.Sum(static fault => fault.Text.Length), 1, 50_000);
    }

    [FullRunFact]
    public void Bad_elements_by_the_hundred_thousand_too()
    {
        _app.Write("appsettings.json", "{ \"S\": { \"Many\": [" + string.Join(", ", Enumerable.Repeat("\"x\"", 50_000)) + "] } }");
        Assert.InRange(_app.Faults<Lists>("S").Count, 100, 102);
    }
}
