using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>The binder of the toolkit and the analyzer over the same values and types: the one says while one types what the other refuses at start.</summary>
public sealed class BinderTableTests
{
    private static readonly string[] Numbers =
        ["0", "1", "-1", "300", "70000", "5000000000", "1.5", "1,025", "1e3", "0x1F", "0xFFF", "#FF", "+7", " 8 ", "x", "10MB", "10 mb", "1.5GiB", "0.3B", "512B", "64KiB", "99999999999TB", "4GB", "-1MB", "10 MX", "MB", "NaN"];

    private static readonly string[] Durations =
    [
        "0", "0.0", "00:00", "00:00:00", "30", "1.5", "24:00:00", "23:59:59", "12:30", "36:00", "1.00:00:00", "1.12:30", "1:02:03:04", "30s", "1h30m", "30m1h", "250ms", "5us", "7 d", "-5m", "10S", "-30", "00:00:30.5",
        "999999999d", "x", "1 hour", "24:00", "10675199.02:48:05",
    ];

    private static readonly (string Type, string[] Values)[] Table =
    [
        ("int", Numbers), ("long", Numbers), ("uint", Numbers), ("ulong", Numbers), ("byte", Numbers), ("short", Numbers), ("int?", Numbers), ("double", Numbers), ("decimal", Numbers),
        ("TimeSpan", Durations), ("TimeSpan?", Durations),
        ("bool", ["true", "False", " true ", "yes", "1", "on"]),
        ("char", ["x", " x ", "xy", "1"]),
        ("DayOfWeek", ["Monday", "monday", "1", "9", "Mondey", "Monday,Tuesday", "1,2", "-1", "Sunday , Monday"]),
        ("AttributeTargets", ["Class", "Class,Method", "class, method", "4", "68", "32767", "65536", "-1", "None", "Class;Method"]),
        ("Guid", ["00000000-0000-0000-0000-000000000001", "{00000000-0000-0000-0000-000000000001}", "x"]),
        ("Uri", ["https://a", "/relative", "x"]),
        ("DateTime", ["2030-12-31", "2030-12-31T10:00:00Z", "31.12.2030", "x"]),
        ("DateOnly", ["2030-12-31", "2030-12-31T10:00:00", "x"]),
        ("TimeOnly", ["13:30", "13:30:00", "2030-12-31T10:00:00", "x"]),
        ("Version", ["1.2", "1.2.3", "1", "x"]),
        ("byte[]", ["AQID", "x!"]),
        ("string", ["x", "30", "10MB"]),
        ("List<int>", ["1", "1,2"]),
        ("[SingleOrMany] List<int>", ["1", "10MB", "1,2", "x"]),
        ("[SingleOrMany(\",\")] List<int>", ["1", "1, 2", "1,x", "1;2", "1,,2", "10MB,2"]),
        ("[SingleOrMany(\";\")] TimeSpan[]", ["30s;1m", "30s;x", "30s;30", "24:00:00"]),
        ("[SingleOrMany(\",\")] DayOfWeek[]", ["Monday,Tuesday", "Monday,x"]),
        ("Called int[]", ["1", "1|2", "1,2", "x|1"]),
        ("Called Whole string[]", ["a,b"]),
        ("Dictionary<string, int>", ["1"]),
    ];

    [Fact]
    public async Task Analyzer_and_binder_say_the_same_of_every_value_and_type()
    {
        var rows = Table.SelectMany(static types => types.Values.Select(value => (types.Type, Value: value))).Select(static (row, index) => (row.Type, row.Value, Name: "P" + index.ToString(CultureInfo.InvariantCulture))).ToList();
        var compilation = Compile(rows);
        var startup = Load(compilation);

        var said = await AnalyzeAsync(compilation, Json(rows));
        var bound = new Dictionary<string, string>(StringComparer.Ordinal);
        // Of one kind of fault a report lists a hundred.
        foreach (var some in rows.Chunk(80))
        {
            foreach (var (name, code) in await BindAsync(startup, Json(some))) bound.Add(name, code);
        }

        var wrong = rows.Where(row => said.GetValueOrDefault(row.Name) != bound.GetValueOrDefault(row.Name))
            .Select(row => $"{row.Type} '{row.Value}': binder {bound.GetValueOrDefault(row.Name) ?? "takes it"}, analyzer {said.GetValueOrDefault(row.Name) ?? "silent"}");
        Assert.Empty(wrong);
        Assert.True(bound.Count > 50 && rows.Count - bound.Count > 50, $"{bound.Count} of {rows.Count} are refused");
    }

    [Fact]
    public async Task A_call_that_nobody_can_read_before_run_time_keeps_the_analyzer_quiet_of_lists()
    {
        const string Code =
            """
            using System; using System.Collections.Generic; using Deployment.Toolkit;
            public sealed class Values { public int[] A { get; set; } = []; public int B { get; set; } }
            public static class Startup
            {
                public static void Add(DeploymentBuilder deployment, Action<ValidatedOptionsBuilder<Values>> configure) => deployment.AddValidatedOptions<Values>("S", configure);
            }
            """;
        var said = await AnalyzeAsync(Of(Code), """{ "S": { "A": "1,2", "B": "x" } }""");
        Assert.Equal([new("B", "DTK1002")], said);
    }

    [Fact]
    public async Task DotNets_own_binder_takes_no_sizes_and_lists_of_one()
    {
        const string Code =
            """
            using System; using System.Collections.Generic; using Deployment.Toolkit; using Microsoft.Extensions.Configuration; using Microsoft.Extensions.DependencyInjection;
            public sealed class Values { [SingleOrMany] public int[] A { get; set; } = []; public int B { get; set; } public TimeSpan C { get; set; } public TimeSpan D { get; set; } public TimeSpan EDays { get; set; } }
            public static class Startup
            {
                public static void Add(IServiceCollection services, IConfiguration configuration) => services.Configure<Values>(configuration.GetSection("S"));
            }
            """;
        var said = await AnalyzeAsync(Of(Code), """{ "S": { "A": "1", "B": "10MB", "C": "30s", "D": "0", "EDays": "30" } }""");
        Assert.Equal(["A", "B", "C"], said.Keys.Order(StringComparer.Ordinal));
    }

    private static CSharpCompilation Compile(IEnumerable<(string Type, string Value, string Name)> rows)
    {
        var members = new List<string>();
        var calls = new List<string>();
        foreach (var (type, _, name) in rows)
        {
            if (type.StartsWith("Called ", StringComparison.Ordinal)) calls.Add(type.Contains("Whole", StringComparison.Ordinal) ? $".SingleOrMany(v => v.{name})" : $".SingleOrMany(v => v.{name}, \"|\")");
            var declared = type.Replace("Called Whole ", "", StringComparison.Ordinal).Replace("Called ", "", StringComparison.Ordinal);
            var attribute = declared.StartsWith('[') ? declared[..(declared.IndexOf(']', StringComparison.Ordinal) + 1)] : "";
            members.Add($"{attribute} public {declared[attribute.Length..].Trim()} {name} {{ get; set; }} = default!;");
        }

        return Of(
            $$"""
            using System; using System.Collections.Generic; using Deployment.Toolkit;
            public sealed class Values { {{string.Join("\n", members)}} }
            public static class Startup
            {
                public static void Add(DeploymentBuilder deployment) => deployment.AddValidatedOptions<Values>("S", o => o{{string.Concat(calls)}});
            }
            """);
    }

    private static CSharpCompilation Of(string code)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Table", [CSharpSyntaxTree.ParseText(code)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity == DiagnosticSeverity.Error));
        return compilation;
    }

    private static async Task<Dictionary<string, string>> AnalyzeAsync(CSharpCompilation compilation, string json)
    {
        var options = new AnalyzerOptions([new InMemoryText("/0/appsettings.json", json)]);
        var found = await compilation.WithAnalyzers([new SettingsAnalyzer()], options).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var diagnostic in found.Where(static d => d.Id is "DTK1002" or "DTK1009" && !d.Properties.ContainsKey("Mirror")))
        {
            var text = diagnostic.GetMessage(CultureInfo.InvariantCulture);
            var name = text[(text.IndexOf("S:", StringComparison.Ordinal) + 2)..];
            said[name[..name.IndexOf('\'', StringComparison.Ordinal)]] = diagnostic.Id;
        }

        return said;
    }

    private static string Json(IEnumerable<(string Type, string Value, string Name)> rows) =>
        "{ \"S\": { " + string.Join(", ", rows.Select(static row => $"\"{row.Name}\": {JsonSerializer.Serialize(row.Value)}")) + " } }";

    private static MethodInfo Load(CSharpCompilation compilation)
    {
        using var stream = new MemoryStream();
        Assert.True(compilation.Emit(stream, cancellationToken: TestContext.Current.CancellationToken).Success);
        return Assembly.Load(stream.ToArray()).GetType("Startup")!.GetMethod("Add")!;
    }

    private static async Task<Dictionary<string, string>> BindAsync(MethodInfo add, string json)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json)));
        add.Invoke(null, [builder.AddDeployment()]);
        using var host = builder.Build();
        var refused = await Assert.ThrowsAsync<DeploymentException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        // Of one kind of fault the report lists a hundred.
        Assert.DoesNotContain(refused.Messages, static message => message.Text.Contains(" more faults", StringComparison.Ordinal));
        return refused.Messages.Where(static message => message.Key?.StartsWith("S:", StringComparison.Ordinal) == true)
            .GroupBy(static message => message.Key!.Split(':')[1]).ToDictionary(static of => of.Key, static of => of.First().Code, StringComparer.Ordinal);
    }
}
