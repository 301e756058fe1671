using System.Collections.Immutable;
using System.Globalization;
using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>As an editor runs the rules: the same instances again and again, one file at a time, many at once.</summary>
public sealed class LiveAnalysisTests
{
    private const string Code =
        """
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        public class MailOptions { public string? Host { get; set; } public int Port { get; set; } public System.TimeSpan Timeout { get; set; } }
        public class ShopOptions { public string? Title { get; set; } public int PageSize { get; set; } }
        public static class Startup
        {
            public static void Add(IServiceCollection services, IConfiguration configuration)
            {
                services.Configure<MailOptions>(configuration.GetSection("Mail"));
                services.Configure<ShopOptions>(configuration.GetSection("Shop"));
                var x = configuration["Shop:Titel"];
            }
        }
        """;

    private const string Base =
        """
        {
          "Mail": { "Hots": "a", "Port": "x", "Timeout": "30", "Password": "T7#kq9!vLx2", "PageSize": 3 },
          "Shop": { "Title": "I", "TITLE": "ı" },
          "AllowedHosts": "*", "DetailedErrors": true, "Api": "http://localhost:1", "Cors": { "Origins": "*" },
          "ConnectionStrings": { "Main": "Server=db.example.com;User Id=a;Password=hunter2;TrustServerCertificate=true" },
          "Servers": [ 1, 2 ], "Logging": { "LogLevel": { "Default": "Trace" } }
        }
        """;

    private const string Production = """{ "Mail": { "Password": "T7#kq9!vLx2" }, "Servers": [ 3 ], }""";

    private static readonly ImmutableArray<DiagnosticAnalyzer> s_analyzers = PackagedAnalyzers.Of(typeof(SettingsRule).Assembly);

    [Fact]
    public async Task Diagnostics_come_and_go_as_a_file_is_edited()
    {
        var compilation = Compile(Code);
        Assert.Contains("DTK1001", await Ids("""{ "Mail": { "Hots": 1 } }"""));
        Assert.DoesNotContain("DTK1001", await Ids("""{ "Mail": { "Host": 1 } }"""));
        Assert.Contains("DTK1008", await Ids("""{ "Mail": { "Host": } }"""));
        Assert.Contains("DTK1001", await Ids("""{ "Mail": { "Hots": 1 } }"""));

        async Task<string> Ids(string json) => string.Join(" ", await Run(compilation, ("/a/appsettings.json", json)));
    }

    [Fact]
    public async Task Other_code_beside_the_same_file_gets_its_own_answer()
    {
        const string Json = """{ "Mail": { "Hots": "a" } }""";
        Assert.Contains("DTK1001", string.Join(" ", await Run(Compile(Code), ("/a/appsettings.json", Json))));
        Assert.DoesNotContain("DTK1001", string.Join(" ", await Run(Compile(Code.Replace("Host", "Hots")), ("/a/appsettings.json", Json))));
        Assert.Contains("/b/appsettings.json", string.Join(" ", await Run(Compile(Code), ("/b/appsettings.json", Json))));
    }

    // A file is searched for a few words before its tree is: what it calls may be all that it says of configuration.
    [Theory]
    [InlineData("Add<MailOptions>(services, \"Mail\")")]
    [InlineData("AddOptions<Mail>(services, \"Mail\")")]
    public async Task A_call_in_a_file_that_has_nothing_else_of_configuration_is_seen(string call)
    {
        const string Wrappers =
            """
            using Microsoft.Extensions.Configuration;
            using Microsoft.Extensions.DependencyInjection;
            public class MailOptions { public string? Host { get; set; } }
            public class Mail : MailOptions;
            public static class Wrappers
            {
                public static IConfiguration? Configuration;
                public static void Add<T>(IServiceCollection services, string name) where T : class => services.Configure<T>(Configuration!.GetSection(name));
                public static void AddOptions<T>(IServiceCollection services, string name) where T : class => services.Configure<T>(Configuration!.GetSection(name));
            }
            """;
        var caller = CSharpSyntaxTree.ParseText(
            $"using static Wrappers; class C {{ static void M(Microsoft.Extensions.DependencyInjection.IServiceCollection services) => {call}; }}",
            path: "C.cs", cancellationToken: TestContext.Current.CancellationToken);
        var said = await Run(Compile(Wrappers).AddSyntaxTrees(caller), ("/a/appsettings.json", """{ "Mail": { "Hots": "a" } }"""));
        Assert.Contains(said, line => line.Contains("Warning DTK1001", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_named_twice_is_one()
    {
        const string Json = """{ "Mail": { "Hots": "a" } }""";
        var once = await Run(Compile(Code), ("/a/appsettings.json", Json));
        Assert.Equal(once, (await Run(Compile(Code), ("/a/appsettings.json", Json), ("/a/appsettings.json", Json))).Distinct());
    }

    [Fact]
    public async Task More_settings_than_are_kept_are_all_judged()
    {
        var compilation = Compile(Code);
        var filler = new string(' ', 100_000);
        for (var round = 0; round < 2; round++)
        {
            var files = Enumerable.Range(0, 30).Select(i => ($"/{i}/appsettings.json", $$"""{ {{filler}} "Mail": { "Hots": {{i}} } }""")).ToArray();
            Assert.Equal(30, (await Run(compilation, files)).Count(line => line.Contains("Warning DTK1001", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_file_alone_gives_its_slice_of_the_whole()
    {
        var compilation = Compile(Code);
        var options = Options(("/a/appsettings.json", Base), ("/a/appsettings.Production.json", Production));
        var whole = await compilation.WithAnalyzers(s_analyzers, options).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.True(whole.Length > 15);
        foreach (var file in options.AdditionalFiles)
        {
            var alone = await compilation.WithAnalyzers(s_analyzers, options)
                .GetAnalysisResultAsync(file, TestContext.Current.CancellationToken);
            Assert.Equal(
                Texts(whole.Where(d => d.Location.GetLineSpan().Path == file.Path && d.Id != UnreadSectionAnalyzer.Id)),
                Texts(alone.GetAllDiagnostics()));
        }
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("de-DE")]
    [InlineData("")]
    public async Task Culture_makes_no_difference(string culture)
    {
        var expected = await Run(Compile(Code), ("/a/appsettings.json", Base), ("/a/appsettings.Production.json", Production));
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            // Not the same text: what was read of that is kept.
            Assert.Equal(expected, await Run(Compile(Code), ("/a/appsettings.json", Base + "\n"), ("/a/appsettings.Production.json", Production + "\n")));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Twenty_runs_at_once_in_any_order_say_the_same()
    {
        var files = new[] { ("/a/appsettings.json", Base), ("/a/appsettings.Production.json", Production), ("/a/appsettings.Staging.json", "{ \"Shop\": { \"PageSiz\": 1 } }") };
        var expected = await Run(Compile(Code), files);
        var shared = Compile(Code);
        var runs = Enumerable.Range(0, 20).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            var shuffled = files.ToArray();
            random.Shuffle(shuffled);
            var analyzers = s_analyzers.ToArray();
            random.Shuffle(analyzers);
            return Texts(await (seed % 2 == 0 ? shared : Compile(Code)).WithAnalyzers([.. analyzers], Options(shuffled))
                .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken));
        }));
        Assert.All(await Task.WhenAll(runs), run => Assert.Equal(expected, run));
    }

    [Fact]
    public void The_manifest_is_not_made_again_when_other_code_changes()
    {
        var driver = Driver().RunGenerators(Compile(Code, "class Other { int One() => 1; }"), TestContext.Current.CancellationToken);
        driver = driver.RunGenerators(Compile(Code, "class Other { int Two() => 2 + 2; void Three() { } }"), TestContext.Current.CancellationToken);
        var step = Assert.Single(driver.GetRunResult().Results[0].TrackedSteps[ManifestGenerator.Lines]);
        Assert.All(step.Outputs, o => Assert.Contains(o.Reason, new[] { IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged }));

        driver = driver.RunGenerators(Compile(Code.Replace("\"Mail\"", "\"Post\"", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        step = Assert.Single(driver.GetRunResult().Results[0].TrackedSteps[ManifestGenerator.Lines]);
        Assert.All(step.Outputs, o => Assert.Equal(IncrementalStepRunReason.Modified, o.Reason));
    }

    [Fact]
    public async Task A_librarys_bindings_are_known_to_its_host_by_its_manifest()
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compile(Code), out var library, out var diagnostics, TestContext.Current.CancellationToken);
        Assert.Empty(diagnostics);
        Assert.Empty(library.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity >= DiagnosticSeverity.Warning));
        using var image = new MemoryStream();
        Assert.True(library.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);

        var host = Compile("class Host { }").WithAssemblyName("Host").AddReferences(MetadataReference.CreateFromImage(image.ToArray()));
        var found = await Run(host, ("/a/appsettings.json", """{ "Mail": { "Hots": 1 }, "Shop": { "PageSize": "many" } }"""));
        Assert.Contains(found, d => d.Contains("'Mail:Hots'", StringComparison.Ordinal));
        Assert.Contains(found, d => d.Contains("'Shop:PageSize'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_own_manifest_says_what_a_scan_finds()
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compile(Code), out var generated, out _, TestContext.Current.CancellationToken);
        var files = new[] { ("/a/appsettings.json", Base), ("/a/appsettings.Production.json", Production) };
        Assert.Equal(await Run(Compile(Code), files), await Run(generated, files));
    }

    private static CSharpGeneratorDriver Driver() =>
        CSharpGeneratorDriver.Create([new ManifestGenerator().AsSourceGenerator()], driverOptions: new GeneratorDriverOptions(default, trackIncrementalGeneratorSteps: true));

    private static CSharpCompilation Compile(params string[] sources) => CSharpCompilation.Create(
        "Library",
        sources.Select((s, i) => CSharpSyntaxTree.ParseText(s, path: $"/a/{i}.cs")),
        [.. SdkReferences.AspNetCore],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private static AnalyzerOptions Options(params (string Path, string Text)[] files) =>
        new([.. files.Select(f => new InMemoryText(f.Path, f.Text))]);

    private static async Task<List<string>> Run(Compilation compilation, params (string Path, string Text)[] files)
    {
        var thrown = new List<Exception>();
        var analysis = compilation.WithAnalyzers(s_analyzers, new CompilationWithAnalyzersOptions(
            Options(files), (exception, _, _) => { lock (thrown) { thrown.Add(exception); } }, concurrentAnalysis: true, logAnalyzerExecutionTime: false));
        var diagnostics = await analysis.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.Empty(thrown);
        return Texts(diagnostics);
    }

    private static List<string> Texts(IEnumerable<Diagnostic> diagnostics) =>
    [
        .. diagnostics.Select(d => $"{d.Location.GetLineSpan()} {d.Severity} {d.Id} {d.GetMessage(CultureInfo.InvariantCulture)}").Order(StringComparer.Ordinal),
    ];
}
