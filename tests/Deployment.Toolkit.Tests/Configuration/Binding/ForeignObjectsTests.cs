#pragma warning disable CA1822 // Members of options are not static, whatever they read.
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Reference;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Tests.Configuration.Binding;

/// <summary>Options classes hold more than settings: objects of .NET, callbacks, getters that make what they give. Nobody walks into those.</summary>
public sealed class ForeignObjectsTests : IDisposable
{
    private readonly SettingsApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void Objects_of_dotnet_in_options_are_not_entered()
    {
        _app.Write("appsettings.json", """{ "S": { "Inner": { "Least": 500 } } }""");
        HoldsDotnet.Reads = 0;
        var fault = Assert.Single(_app.Faults<HoldsDotnet>("S"));
        Assert.Equal("S:Inner:Least", fault.Key);
        Assert.True(HoldsDotnet.Reads < 20, $"{HoldsDotnet.Reads} reads");
    }

    [Fact]
    public void A_getter_that_makes_another_object_each_time_ends()
    {
        _app.Write("appsettings.json", """{ "S": { "Least": 500 } }""");
        SelfMaking.Made = 0;
        Assert.Equal("S:Least", Assert.Single(_app.Faults<SelfMaking>("S")).Key);
        Assert.True(SelfMaking.Made < 1000, $"{SelfMaking.Made} objects");
    }

    [Fact]
    public void A_getter_that_makes_objects_and_keeps_them_ends()
    {
        _app.Write("appsettings.json", """{ "S": { "Least": 500 } }""");
        SelfKeeping.Made = 0;
        Assert.Equal("S:Least", Assert.Single(_app.Faults<SelfKeeping>("S")).Key);
        Assert.True(SelfKeeping.Made < 1000, $"{SelfKeeping.Made} objects");
    }

    [Fact]
    public void Required_members_of_self_made_objects_end()
    {
        _app.Write("appsettings.json", """{ "S": { "Name": "x" } }""");
        // What the default object lacks is said once and not once a level.
        Assert.InRange(_app.Faults<SelfRequiring>("S").Count, 0, 3);
    }

    [Fact]
    public void A_list_without_an_end_is_left_with_a_warning()
    {
        _app.Write("appsettings.json", """{ "S": { "Name": "x" } }""");
        var fault = Assert.Single(_app.Faults<Endless>("S"));
        Assert.Equal(("S", MessageSeverity.Warning), (fault.Key, fault.Severity));
        Assert.Contains("100000", fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Configured_objects_are_judged_at_every_depth_though_their_type_contains_itself()
    {
        _app.Write("appsettings.json", """{ "S": { "Next": { "Next": { "Next": { "Next": { "Next": { "Least": 500 } } } } } } }""");
        Assert.Equal("S:Next:Next:Next:Next:Next:Least", Assert.Single(_app.Faults<Chain>("S")).Key);
    }

    [Fact]
    public void Objects_in_a_circle_are_judged_once()
    {
        _app.Write("appsettings.json", """{ "S": { "Least": 500 } }""");
        Assert.Equal("S:Least", Assert.Single(_app.Faults<Circle>("S")).Key);
    }

    [Fact]
    public void A_validators_sentence_is_placed_without_entering_types_of_dotnet()
    {
        _app.Services = static services => services.AddSingleton<IValidateOptions<HoldsDotnet>, Sentence>();
        _app.Write("appsettings.json", """{ "S": { "Inner": { "Least": 5 } } }""");
        var fault = Assert.Single(_app.Faults<HoldsDotnet>("S"));
        Assert.Equal("S:Inner:Least", fault.Key);
    }

    [Theory]
    [InlineData(typeof(HoldsDotnet))]
    [InlineData(typeof(SelfMaking))]
    [InlineData(typeof(Branching))]
    public void Template_and_schema_of_such_options_are_small(Type type)
    {
        var owned = new OwnedSections();
        owned.Add(new Registration(type));
        var (template, schema) = new OptionsFiles(owned, AppContext.BaseDirectory).Render("schema.json");
        Assert.InRange(template.Length + schema.Length, 100, 60_000);
    }

    [Fact]
    public void A_member_whose_value_no_variable_can_hold_is_no_member()
    {
        _app.Write("appsettings.json", """{ "S": { "Name": "x" } }""");
        Assert.Equal("x", _app.Bind<WithSpan>("S").Name);
    }

    public sealed class HoldsDotnet
    {
        internal static int Reads { get; set; }

        public Inner Inner { get; set; } = new();

        public Func<int, int>? Callback { get; set; } = static x => x;

        public Action Act { get; } = static () => { };

        public Type Type { get { Reads++; return typeof(HoldsDotnet); } }

        public Assembly Assembly { get; set; } = typeof(object).Assembly;

        public DirectoryInfo Folder { get; set; } = new("/");

        public Encoding Encoding { get; set; } = Encoding.UTF8;

        public object Anything { get; set; } = typeof(string).Assembly;

        public List<Assembly> Assemblies { get; set; } = [typeof(object).Assembly];

        public Dictionary<string, Type> Types { get; set; } = new() { ["a"] = typeof(object) };

        public IServiceProvider? Services { get; set; } = new ServiceCollection().BuildServiceProvider();

        public Handler Own { get; set; } = static () => { };

        public CancellationTokenSource Cancel { get; } = new();
    }

    public delegate void Handler();

    public sealed class Inner
    {
        [Range(1, 100)]
        public int Least { get; set; } = 1;
    }

    public sealed class SelfMaking
    {
        internal static int Made { get; set; }

        public SelfMaking() => Made++;

        [Range(1, 100)]
        public int Least { get; set; } = 1;

        public SelfMaking A => new();

        public SelfMaking B => new();

        public SelfMaking[] Many => [new(), new()];
    }

    public sealed class SelfKeeping
    {
        internal static int Made { get; set; }

        public SelfKeeping() => Made++;

        [Range(1, 100)]
        public int Least { get; set; } = 1;

        public SelfKeeping A { get => field ??= new(); set; }

        public SelfKeeping B => field ??= new();
    }

    public sealed class SelfRequiring
    {
        public required string Name { get; set; }

        public SelfRequiring Next => new() { Name = "x" };

        public SelfRequiring Other { get => field ?? new() { Name = "x" }; set; }
    }

    public sealed class Endless
    {
        public string Name { get; set; } = "";

        public IEnumerable<Inner> Items
        {
            get
            {
                while (true) yield return new Inner();
            }
        }
    }

    public sealed class Chain
    {
        [Range(1, 100)]
        public int Least { get; set; } = 1;

        public Chain? Next { get; set; }
    }

    public sealed class Circle
    {
        public Circle() => Self = this;

        [Range(1, 100)]
        public int Least { get; set; } = 1;

        public Circle Self { get; }

        public List<Circle> All => [this];
    }

    public sealed class Branching
    {
        public Branching? A { get; set; }

        public Branching? B { get; set; }

        public Branching? C { get; set; }

        public Branching? D { get; set; }

        public List<Branching> E { get; set; } = [];

        public Dictionary<string, Branching> F { get; set; } = [];
    }

    public sealed class WithSpan
    {
        public string Name { get; set; } = "";

        public ReadOnlySpan<char> Characters => Name;
    }

    private sealed class Sentence : IValidateOptions<HoldsDotnet>
    {
        public ValidateOptionsResult Validate(string? name, HoldsDotnet options) => ValidateOptionsResult.Fail("Least must be odd and a prime");
    }

    private sealed class Registration(Type type) : OptionsRegistration(type, "S", "", 0)
    {
        internal override IReadOnlyList<string> EnvironmentNames => [];

        internal override SingleOrManyAttribute? SingleOrMany(string key) => null;

        internal override void Configure(object options, IServiceProvider services)
        {
        }

        internal override void Validate(object options, OptionsValidation validation)
        {
        }
    }
}
