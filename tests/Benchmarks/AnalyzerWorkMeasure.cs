using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Analyzers;
using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Benchmarks;

/// <summary>
/// The processor's time that generator and rules take in a warm compiler, in turn with none, which a busy machine changes far less than the
/// time of a build; and which rules take most of it.
/// </summary>
internal static class AnalyzerWorkMeasure
{
    private const int WarmUps = 1;

    private static double s_generator = double.MaxValue;

    internal static async Task<int> RunAsync(int pairs)
    {
        var trees = Parse();
        var (without, with) = (new List<double>(), new List<double>());
        var allocated = (Without: 0L, With: 0L);
        for (var round = -WarmUps; round < pairs; round++)
        {
            var (bare, bytesWithout, _) = await CompileAsync(trees, isAnalyzed: false);
            var (analyzed, bytesWith, result) = await CompileAsync(trees, isAnalyzed: true);
            if (round < 0) continue;

            allocated = (bytesWithout, bytesWith);
            without.Add(bare);
            with.Add(analyzed);
            if (round == pairs - 1) Say(result);
        }

        var added = with.Zip(without, static (a, b) => a - b).Order().ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"processor time of generator and rules {added[added.Count / 2]:F0} ms (median of {pairs}), half of them between {added[added.Count / 4]:F0} and {added[added.Count * 3 / 4]:F0}; of the compiler {without.Order().ElementAt(pairs / 2):F0} ms"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"at best: with them {with.Min():F0} ms, without {without.Min():F0} ms; the generator alone {s_generator:F0} ms by the clock"));
        // The one figure that is the same on every machine.
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"allocated by generator and rules {(allocated.With - allocated.Without) / 1e6:F0} MB beside the compiler's {allocated.Without / 1e6:F0} MB: {100.0 * (allocated.With - allocated.Without) / allocated.Without:F1} %"));
        return 0;
    }

    internal static ImmutableArray<DiagnosticAnalyzer> Analyzers() => PackagedAnalyzers.Of(typeof(SettingsRule).Assembly);

    internal static List<SyntaxTree> Parse() =>
    [
        .. AnalyzedProject.Sources().Select(static s => CSharpSyntaxTree.ParseText(
            "global using Microsoft.AspNetCore.Builder; global using Microsoft.Extensions.DependencyInjection;\n" + s.Text, path: "/app/" + s.Path)),
    ];

    internal static CSharpCompilation Compilation(IEnumerable<SyntaxTree> trees) => CSharpCompilation.Create(
        "App", trees, ReferenceAssemblies.AspNetCore, new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

    internal static ImmutableArray<AdditionalText> Settings() => [.. AnalyzedProject.Settings().Select(static s => new InMemoryText("/app/" + s.Path, s.Text))];

    private static async Task<(double Milliseconds, long Bytes, AnalysisResult Result)> CompileAsync(List<SyntaxTree> trees, bool isAnalyzed)
    {
        // New trees, as each run of the compiler has.
        var parsed = trees.ConvertAll(static tree => tree.WithRootAndOptions(tree.GetRoot(), tree.Options));
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var began = process.TotalProcessorTime;
        Compilation compilation = Compilation(parsed);
        if (isAnalyzed)
        {
            var generated = Stopwatch.GetTimestamp();
            CSharpGeneratorDriver.Create(new ManifestGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out compilation, out _);
            s_generator = Math.Min(s_generator, Stopwatch.GetElapsedTime(generated).TotalMilliseconds);
        }

        // The SDK's own rules run in every build: what they make the compiler do is no cost of these.
        var result = await compilation.WithAnalyzers(isAnalyzed ? Analyzers() : [new IdleAnalyzer()], new CompilationWithAnalyzersOptions(
            new AnalyzerOptions(Settings()), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: true)).GetAnalysisResultAsync(CancellationToken.None);

        using var image = new MemoryStream();
        if (!compilation.Emit(image).Success) throw new InvalidOperationException(string.Join("\n", compilation.GetDiagnostics().Take(3)));
        process.Refresh();
        return ((process.TotalProcessorTime - began).TotalMilliseconds, GC.GetTotalAllocatedBytes(precise: true) - bytes, result);
    }

    private static void Say(AnalysisResult result)
    {
        foreach (var (analyzer, telemetry) in result.AnalyzerTelemetryInfo.OrderByDescending(static a => a.Value.ExecutionTime).Take(12))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{telemetry.ExecutionTime.TotalMilliseconds,8:F1} ms {analyzer.GetType().Name}"));
        }
    }

#pragma warning disable RS1036, RS1038, RS1041, RS2008 // No compiler loads it.
    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class IdleAnalyzer : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor s_rule = new("IDLE", "Idle", "Idle", "Idle", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [s_rule];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSyntaxNodeAction(static _ => { }, SyntaxKind.InvocationExpression, SyntaxKind.StringLiteralExpression);
        }
    }
#pragma warning restore RS1036, RS1038, RS1041, RS2008
}
