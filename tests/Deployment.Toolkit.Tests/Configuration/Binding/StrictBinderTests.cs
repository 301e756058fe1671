using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Tests.Configuration.Binding;

/// <summary>What .NET's own binder lets pass: each defect is shown to pass there, and to be a fault here.</summary>
public sealed class StrictBinderTests : IDisposable
{
    private readonly SettingsApp _app = new();

    public enum Level
    {
        Low,
        Middle,
        High,
    }

    [Flags]
    public enum Days
    {
        None = 0,
        Monday = 1,
        Tuesday = 2,
    }

    public sealed class ContentOptions
    {
        public int MaxItems { get; set; } = 10;

        public int? Limit { get; set; }

        public Level Level { get; set; }

        public Days Days { get; set; }

        public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

        public Uri? Endpoint { get; set; }

        public bool IsOn { get; set; }

        public string? Name { get; set; }

        public int[] Numbers { get; set; } = [];

        public List<string> Tags { get; set; } = ["default"];

        public HashSet<string> Names { get; } = [];

        public Dictionary<string, int> Weights { get; set; } = new() { ["base"] = 1 };

        public IReadOnlyDictionary<Level, TimeSpan>? Waits { get; set; }

        public ImmutableArray<int> Fixed { get; set; } = [];

        public Provider? Provider { get; set; }

        [ArrayMerge(ArrayMerge.Append)]
        public List<string> Appended { get; set; } = [];

        [ArrayMerge("Name")]
        public List<Provider> Keyed { get; set; } = [];

        public List<Provider> Providers { get; set; } = [];

        [ConfigurationKeyName("odd-name")]
        public string? Renamed { get; set; }
    }

    public sealed class Provider
    {
        public string? Name { get; set; }

        public string? Url { get; set; }
    }

    public sealed class WithRequired
    {
        public required string Name { get; init; }

        public required int Count { get; init; }
    }

    public sealed record Point(int X, int Y, string Label = "none", Uri? Link = null);

    public void Dispose() => _app.Dispose();

    private ContentOptions Bound(params (string File, string Json)[] files)
    {
        foreach (var (file, json) in files) _app.Write(file, json);
        return _app.Bind<ContentOptions>("Content");
    }

    private DeploymentMessage TheFault(string json, string file = "appsettings.json")
    {
        _app.Write(file, json);
        return Assert.Single(_app.Faults<ContentOptions>("Content"));
    }

    [Fact]
    public void Everything_that_an_options_type_can_hold_is_bound()
    {
        var options = Bound(("appsettings.json", """
            {
              // comments and trailing commas are .NET's dialect
              "Content": {
                "MaxItems": 3, "Limit": 4, "Level": "high", "Days": "Monday, Tuesday", "Timeout": "1h30m", "Endpoint": "https://example.org/x", "IsOn": true,
                "Name": "n", "Numbers": [1, 2], "Tags": ["a"], "Names": ["x", "y"], "Weights": { "a": 2 }, "Waits": { "Low": "30s" }, "Fixed": [7],
                "Provider": { "Name": "p" }, "odd-name": "r",
              },
            }
            """));
        Assert.Equal((3, 4, Level.High, Days.Monday | Days.Tuesday), (options.MaxItems, options.Limit, options.Level, options.Days));
        Assert.Equal((new TimeSpan(1, 30, 0), new Uri("https://example.org/x"), true, "n"), (options.Timeout, options.Endpoint, options.IsOn, options.Name));
        Assert.Equal([1, 2], options.Numbers);
        Assert.Equal(["a"], options.Tags);
        Assert.Equal(["x", "y"], options.Names.Order());
        Assert.Equal(2, options.Weights["A"]);
        Assert.Equal(1, options.Weights["base"]);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Waits![Level.Low]);
        Assert.Equal([7], options.Fixed.AsEnumerable());
        Assert.Equal(("p", "r"), (options.Provider!.Name, options.Renamed));
    }

    [Fact]
    public void A_mistyped_key_is_a_fault_with_its_place_and_a_suggestion()
    {
        const string json = """
            {
              "Content": {
                "MaxItmes": 3
              }
            }
            """;
        var fault = TheFault(json);
        Assert.Equal(("DTK1001", "Content:MaxItmes", "appsettings.json", 3, 5), (fault.Code, fault.Key, fault.File, fault.Line, fault.Column));
        Assert.Contains("Did you mean 'Content:MaxItems'?", fault.Text, StringComparison.Ordinal);
        Assert.Equal(10, _app.BindPlainly<ContentOptions>("Content")!.MaxItems);
    }

    [Fact]
    public void A_mistyped_section_is_a_fault()
    {
        var fault = TheFault("""{ "Contnet": { "MaxItems": 3 } }""");
        Assert.Equal(("DTK1001", "Contnet", 1, 3), (fault.Code, fault.Key, fault.Line, fault.Column));
        Assert.Contains("Did you mean 'Content'?", fault.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"MaxItems\": \"abc\"", "DTK1002", "Content:MaxItems", "is 'abc', which is no whole number")]
    [InlineData("\"MaxItems\": 99999999999", "DTK1002", "Content:MaxItems", "from -2147483648 to 2147483647")]
    [InlineData("\"MaxItems\": 1.5", "DTK1002", "Content:MaxItems", "no whole number")]
    [InlineData("\"MaxItems\": null", "DTK1002", "Content:MaxItems", "takes no null")]
    [InlineData("\"MaxItems\": { \"A\": 1 }", "DTK1002", "Content:MaxItems", "single value")]
    [InlineData("\"Level\": \"hihg\"", "DTK1002", "Content:Level", "Did you mean 'High'?")]
    [InlineData("\"Level\": 7", "DTK1002", "Content:Level", "Write one of Low, Middle, High")]
    [InlineData("\"IsOn\": \"yes\"", "DTK1002", "Content:IsOn", "neither true nor false")]
    [InlineData("\"Timeout\": \"30\"", "DTK1009", "Content:Timeout", "30 days (as .NET reads it) or 30 seconds")]
    [InlineData("\"Timeout\": \"24:00:00\"", "DTK1009", "Content:Timeout", "24 days (as .NET reads it) or 24 hours")]
    [InlineData("\"Timeout\": \"soon\"", "DTK1002", "Content:Timeout", "no duration")]
    [InlineData("\"Numbers\": [1, \"two\", 3]", "DTK1002", "Content:Numbers:1", "is 'two', which is no whole number")]
    [InlineData("\"Numbers\": 5", "DTK1002", "Content:Numbers", "holds a list")]
    [InlineData("\"Numbers\": { \"first\": 1 }", "DTK1002", "Content:Numbers:first", "named in a list")]
    [InlineData("\"Weights\": { \"a\": \"heavy\" }", "DTK1002", "Content:Weights:a", "is 'heavy'")]
    [InlineData("\"Waits\": { \"Lowest\": \"1s\" }", "DTK1002", "Content:Waits:Lowest", "named by what is no Level")]
    [InlineData("\"Provider\": \"x\"", "DTK1002", "Content:Provider", "holds the keys of Provider")]
    [InlineData("\"Provider\": { \"Nmae\": \"x\" }", "DTK1001", "Content:Provider:Nmae", "Did you mean 'Content:Provider:Name'?")]
    [InlineData("\"Fixed\": [\"x\"]", "DTK1002", "Content:Fixed:0", "no whole number")]
    [InlineData("\"Name\": { \"x\": 1 }", "DTK1002", "Content:Name", "single value")]
    public void What_does_not_fit_is_a_fault(string member, string code, string key, string text)
    {
        var fault = TheFault($$"""{ "Content": { {{member}} } }""");
        Assert.Equal((code, key), (fault.Code, fault.Key));
        Assert.Contains(text, fault.Text, StringComparison.Ordinal);
        Assert.Equal(("appsettings.json", 1), (fault.File, fault.Line));
    }

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("15m", 900_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("2d 12h", 216_000_000)]
    [InlineData("1.00:00:00", 86_400_000)]
    [InlineData("00:30:00", 1_800_000)]
    [InlineData("-5s", -5_000)]
    public void Durations_carry_their_unit(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Bound(("appsettings.json", $$"""{ "Content": { "Timeout": "{{text}}" } }""")).Timeout);

    [Fact]
    public void A_stronger_file_replaces_an_array()
    {
        var options = Bound(
            ("appsettings.json", """{ "Content": { "Numbers": [1, 2, 3], "Tags": ["a", "b"], "Providers": [{ "Name": "a", "Url": "u" }, { "Name": "b" }] } }"""),
            ("appsettings.Production.json", """{ "Content": { "Numbers": [9], "Tags": [], "Providers": [{ "Name": "c" }] } }"""));
        Assert.Equal([9], options.Numbers);
        Assert.Empty(options.Tags);
        Assert.Equal(("c", null), (Assert.Single(options.Providers).Name, options.Providers[0].Url));
        Assert.Equal([9, 2, 3], _app.BindPlainly<ContentOptions>("Content")!.Numbers);
    }

    [Fact]
    public void Null_clears_what_weaker_files_say()
    {
        var options = Bound(
            ("appsettings.json", """{ "Content": { "Numbers": [1], "Weights": { "a": 1 }, "Provider": { "Name": "a", "Url": "u" }, "Limit": 3 } }"""),
            ("appsettings.Production.json", """{ "Content": { "Numbers": null, "Weights": null, "Provider": null, "Limit": null } }"""));
        Assert.Empty(options.Numbers);
        Assert.Empty(options.Weights);
        Assert.True(options.Provider is null or { Name: null, Url: null });
        Assert.Null(options.Limit);
    }

    [Fact]
    public void Arrays_are_appended_or_merged_by_key_where_the_type_says_so()
    {
        var options = Bound(
            ("appsettings.json", """{ "Content": { "Appended": ["a"], "Keyed": [{ "Name": "a", "Url": "1" }, { "Name": "b", "Url": "2" }] } }"""),
            ("appsettings.Production.json", """{ "Content": { "Appended": ["b"], "Keyed": [{ "Name": "B", "Url": "3" }, { "Name": "c" }] } }"""));
        Assert.Equal(["a", "b"], options.Appended);
        Assert.Equal([("a", "1"), ("B", "3"), ("c", null)], options.Keyed.Select(static p => (p.Name, p.Url)));
    }

    [Fact]
    public void The_command_line_changes_single_elements()
    {
        _app.Arguments = ["--Content:Providers:0:Url", "changed"];
        var options = Bound(("appsettings.json", """{ "Content": { "Providers": [{ "Name": "a", "Url": "u" }, { "Name": "b" }] } }"""));
        Assert.Equal([("a", "changed"), ("b", null)], options.Providers.Select(static p => (p.Name, p.Url)));
    }

    [Fact]
    public void An_element_behind_a_gap_is_a_fault()
    {
        _app.Arguments = ["--Content:Numbers:2", "5"];
        var fault = TheFault("""{ "Content": { "Numbers": [1] } }""");
        Assert.Equal(("DTK1002", "Content:Numbers:2"), (fault.Code, fault.Key));
        Assert.Contains("command line --Content:Numbers:2", fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Required_members_that_are_not_set_are_faults_all_at_once()
    {
        _app.Write("appsettings.json", """{ "Needed": { } }""");
        var faults = _app.Faults<WithRequired>("Needed");
        Assert.Equal(["Needed:Count", "Needed:Name"], faults.Select(static fault => fault.Key));
        Assert.All(faults, static fault => Assert.Equal("DTK1003", fault.Code));
        Assert.Contains("appsettings.Production.json", faults[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_are_bound_through_their_constructor()
    {
        _app.Write("appsettings.json", """{ "Point": { "X": 1, "y": 2 } }""");
        Assert.Equal(new Point(1, 2), _app.Bind<Point>("Point"));
    }

    [Fact]
    public void A_records_missing_and_unknown_values_are_faults()
    {
        _app.Write("appsettings.json", """{ "Point": { "X": 1, "Z": 2 } }""");
        Assert.Equal([("DTK1001", "Point:Z"), ("DTK1003", "Point:Y")], _app.Faults<Point>("Point").Select(static fault => (fault.Code, fault.Key!)).Order());
    }

    [Fact]
    public void A_value_says_what_it_shadows()
    {
        _app.Write("appsettings.json", "{\n  \"Content\": { \"MaxItems\": 1 } }");
        _app.Arguments = ["--Content:MaxItems", "many"];
        var fault = Assert.Single(_app.Faults<ContentOptions>("Content"));
        Assert.Equal(
            "Content:MaxItems is 'many', which is no whole number from -2147483648 to 2147483647. Write one (in command line --Content:MaxItems). It shadows appsettings.json:2:16.", fault.Text);
    }

    [Fact]
    public void Foreign_sections_and_variables_are_left_alone()
    {
        _app.Arguments = ["--Contents", "x", "--Other:MaxItmes", "1"];
        _app.Write("appsettings.json", """{ "Logging": { "LogLevel": { "Default": "None" } }, "Content": { "MaxItems": 2 }, "Unrelated": { "Deep": { "MaxItems": "x" } } }""");
        Assert.Empty(_app.Faults<ContentOptions>("Content"));
    }

    [Fact]
    public void A_value_of_a_secret_key_is_never_repeated()
    {
        _app.Write("appsettings.json", """{ "Keys": { "ApiToken": "hunter2hunter2" } }""");
        var fault = Assert.Single(_app.Faults<Tokens>("Keys"));
        Assert.DoesNotContain("hunter2", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Annotations_run_at_every_depth()
    {
        _app.Write("appsettings.json", """{ "Tree": { "Inner": { "Count": 0 }, "Items": [{ "Count": 5 }, { "Count": 99 }] } }""");
        var faults = _app.Faults<Tree>("Tree");
        Assert.Equal([("DTK7001", "Tree:Inner:Count"), ("DTK7001", "Tree:Items:1:Count"), ("DTK1003", "Tree:Inner:Name")], faults.Select(static fault => (fault.Code, fault.Key)));
    }

    public sealed class Tokens
    {
        public int ApiToken { get; set; }
    }

    public sealed class Tree
    {
        public Leaf Inner { get; set; } = new();

        public List<Small> Items { get; set; } = [];
    }

    public sealed class Leaf
    {
        [Required]
        public string? Name { get; set; }

        [Range(1, 10)]
        public int Count { get; set; }
    }

    public sealed class Small
    {
        [Range(1, 10)]
        public int Count { get; set; }
    }
}
