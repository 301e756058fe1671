using System.ComponentModel.DataAnnotations;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Reference;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Configuration;

/// <summary>Sections in sections, sections of two types, and options that something else binds too.</summary>
public sealed class SectionTests : IDisposable
{
    private readonly SettingsApp _app = new();

    public void Dispose() => _app.Dispose();

    public sealed class Outer
    {
        public int Count { get; set; }
    }

    public sealed class Inner
    {
        public string Url { get; set; } = "";
    }

    public sealed class Other
    {
        public int Count { get; set; }

        public List<string> Names { get; set; } = [];
    }

    public enum Switch
    {
        Fast,
    }

    private const string Nested = """{ "S": { "Count": 1, "Provider": { "Url": "u" } } }""";

    [Fact]
    public void A_section_inside_another_belongs_to_its_own_options()
    {
        _app.Write("appsettings.json", Nested);
        Assert.Empty(_app.Faults(static d => d.AddValidatedOptions<Outer>("S").AddValidatedOptions<Inner>("S:Provider")));
        Assert.Empty(_app.Faults(static d => d.AddValidatedOptions<Inner>("S:Provider").AddValidatedOptions<Outer>("S")));
        Assert.Empty(_app.Faults(static d => d.AddValidatedOptions<Outer>("S").AddValidatedOptions<Inner>("S:Provider:Deep:Deeper").AddValidatedOptions<Inner>("S:Provider", name: "b")));
    }

    [Fact]
    public void What_neither_knows_is_a_fault_once_at_each_level()
    {
        _app.Write("appsettings.json", """{ "S": { "Cuont": 1, "Provider": { "Urll": "u" } } }""");
        Assert.Equal(["S:Cuont", "S:Provider:Urll"], _app.Faults(static d => d.AddValidatedOptions<Outer>("S").AddValidatedOptions<Inner>("S:Provider")).Select(static f => f.Key).Order());
    }

    [Fact]
    public void Two_types_over_one_section_know_together_what_may_stand_there()
    {
        _app.Write("appsettings.json", """{ "S": { "Count": 1, "Names": ["a"], "Url": "u", "Nmaes": [] } }""");
        var faults = _app.Faults(static d => d.AddValidatedOptions<Outer>("S").AddValidatedOptions<Other>("S").AddValidatedOptions<Inner>("S"));
        Assert.Equal(["S:Nmaes"], faults.Select(static f => f.Key).Distinct());
    }

    [Fact]
    public void Flags_inside_a_section_are_no_unknown_keys()
    {
        _app.Write("appsettings.json", """{ "S": { "Count": 1, "Flags": { "Fast": true } } }""");
        Assert.Empty(_app.Faults(static d => d.AddValidatedOptions<Outer>("S").AddFeatureFlags<Switch>("S:Flags")));
    }

    [Fact]
    public void The_template_holds_a_section_of_two_types_once()
    {
        var host = _app.Build(static d => d.AddValidatedOptions<Outer>("S").AddValidatedOptions<Other>("S").AddValidatedOptions<Inner>("S:Provider"));
        var (template, schema) = new OptionsFiles(host.Services.GetRequiredService<Toolkit.Composition.DeploymentModel>().Options, AppContext.BaseDirectory).Render("schema.json");
        _app.Write("appsettings.json", template);
        Assert.Empty(_app.Faults(static d => d.AddValidatedOptions<Outer>("S").AddValidatedOptions<Other>("S").AddValidatedOptions<Inner>("S:Provider")));
        Assert.Contains("\"Names\"", schema, StringComparison.Ordinal);
        Assert.Contains("\"Url\"", schema, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<IServiceCollection, IConfiguration>> SecondBindings => new()
    {
        { "Configure", static (services, configuration) => services.Configure<Other>(configuration.GetSection("S")) },
        { "Bind", static (services, configuration) => services.AddOptions<Other>().Bind(configuration.GetSection("S")) },
        { "BindConfiguration", static (services, _) => services.AddOptions<Other>().BindConfiguration("S") },
    };

    [Theory]
    [MemberData(nameof(SecondBindings))]
    public void A_second_binding_is_a_fault(string call, Action<IServiceCollection, IConfiguration> second)
    {
        _app.Write("appsettings.json", """{ "S": { "Names": ["a"] } }""");
        var fault = Assert.Single(_app.Faults(d =>
        {
            second(d.Host.Services, d.Host.Configuration);
            d.AddValidatedOptions<Other>("S");
        }));
        Assert.Equal(("DTK7046", "S"), (fault.Code, fault.Key));
        Assert.NotEmpty(call);
    }

    [Fact]
    public void A_binding_of_another_name_or_type_and_a_configure_call_by_code_are_none()
    {
        _app.Write("appsettings.json", """{ "S": { "Names": ["a"] } }""");
        Assert.Empty(_app.Faults(static d =>
        {
            d.Host.Services.Configure<Other>("named", d.Host.Configuration.GetSection("S")).Configure<Outer>(d.Host.Configuration.GetSection("S")).Configure<Other>(static o => o.Count++);
            d.AddValidatedOptions<Other>("S");
        }));
    }

    [Fact]
    public void Rules_count_on_members_that_only_code_sets_and_on_parameters_of_records()
    {
        _app.Write("appsettings.json", """{ "S": { "Least": 500, "Given": 5 } }""");
        Assert.Equal(["S:Doubled", "S:Private"], _app.Faults<Closed>("S").Where(static f => f.Code == "DTK7001").Select(static f => f.Key).Order());
        _app.Write("appsettings.json", """{ "S": { "Least": 500 } }""");
        Assert.Equal("S:Least", Assert.Single(_app.Faults<RuledRecord>("S")).Key);
    }

    [Fact]
    public void What_is_required_and_missing_is_judged_by_no_other_rule()
    {
        _app.Write("appsettings.json", """{ "S": { } }""");
        var fault = Assert.Single(_app.Faults<TwoRules>("S"));
        Assert.Equal(("DTK1003", "S:Name"), (fault.Code, fault.Key));
    }

    [Fact]
    public void What_its_constructor_needs_and_a_rule_requires_is_missing_once()
    {
        _app.Write("appsettings.json", """{ "S": { "Items": [ { "Count": 3 } ], "Named": { "a": { "Count": 3 } }, "One": { "Count": 3 }, "Two": { } } }""");
        var faults = _app.Faults<Needing>("S");
        Assert.Equal(["S:Items:0:Name", "S:Named:a:Name", "S:One:Name", "S:Two:Name"], faults.Select(static fault => fault.Key).Order());
        Assert.All(faults, static fault => Assert.Equal(("DTK1003", 1), (fault.Code, fault.Line ?? 0)));
    }

    public sealed class Needing
    {
        public List<Needed> Items { get; set; } = [];

        public Dictionary<string, Needed> Named { get; set; } = [];

        public Needed? One { get; set; }

        public NeededMember? Two { get; set; }
    }

    public sealed record Needed([property: Required] string Name, int Count = 1);

    public sealed class NeededMember : IValidatableObject
    {
        [Required]
        public required string Name { get; init; }

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
            Name is null ? [new ValidationResult("There is no name.", [nameof(Name)])] : [];
    }

    public sealed class Closed
    {
        public int Least { get; set; }

        public int Given { get; set; }

        [Range(1, 10)]
        public int Private { get; private set; } = 11;

        [Range(1, 100)]
        public int Doubled => Least * 2;
    }

    public sealed record RuledRecord([Range(1, 100)] int Least);

    public sealed class TwoRules
    {
        [MinLength(3), Required]
        public string Name { get; set; } = "";
    }
}
