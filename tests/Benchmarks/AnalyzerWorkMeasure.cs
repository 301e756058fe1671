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
/// What generator and rules add to the work of a warm compiler, in small pieces on one thread, many times, in turn with none. On a shared machine
/// a build's noise is larger than what they add; two short pieces, one right after the other, meet nearly the same noise.
/// </summary>
internal static class AnalyzerWorkMeasure
{
    private const int WarmUps = 3;
    private const int Piece = 120;

    internal static async Task<int> RunAsync(int pairs)
    {
        var sources = AnalyzedProject.Sources().ToList();
        var start = sources.Where(static s => s.Path == "Program.cs");
        var code = await MeasureAsync(pairs, sources.Take(Piece), OutputKind.DynamicallyLinkedLibrary, []);
        var configured = await MeasureAsync(pairs, sources.Take(60).Concat(start), OutputKind.ConsoleApplication, Settings());

        const double Pieces = AnalyzedProject.SourceFiles / (double)Piece;
        Say(string.Create(CultureInfo.InvariantCulture, $"{AnalyzedProject.SourceFiles} source files"), code, Pieces);
        Say(string.Create(CultureInfo.InvariantCulture, $"the app's start and {AnalyzedProject.SettingsFiles} settings files"), configured, 1);
        return 0;
    }

    internal static ImmutableArray<DiagnosticAnalyzer> Analyzers() => PackagedAnalyzers.Of(typeof(SettingsRule).Assembly);

    internal static List<SyntaxTree> Parse() => Parse(AnalyzedProject.Sources());

    internal static CSharpCompilation Compilation(IEnumerable<SyntaxTree> trees, OutputKind kind = OutputKind.ConsoleApplication) => CSharpCompilation.Create(
        "App", trees, SdkReferences.AspNetCore, new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));

    internal static ImmutableArray<AdditionalText> Settings() => [.. AnalyzedProject.Settings().Select(static s => new InMemoryText("/app/" + s.Path, s.Text))];

    private static List<SyntaxTree> Parse(IEnumerable<(string Path, string Text)> sources) =>
    [
        .. sources.Select(static s => CSharpSyntaxTree.ParseText(
            "global using Microsoft.AspNetCore.Builder; global using Microsoft.Extensions.DependencyInjection;\n" + s.Text, path: "/app/" + s.Path)),
    ];

    private static async Task<Piecework> MeasureAsync(
        int pairs, IEnumerable<(string Path, string Text)> sources, OutputKind kind, ImmutableArray<AdditionalText> settings)
    {
        var trees = Parse(sources);
        var work = new Piecework([], []);
        for (var round = -WarmUps; round < pairs; round++)
        {
            foreach (var isAnalyzed in round % 2 == 0 ? (bool[])[false, true] : [true, false])
            {
                var (milliseconds, bytes) = await CompileAsync(trees, kind, settings, isAnalyzed);
                if (round < 0) continue;

                (isAnalyzed ? work.With : work.Without).Add(milliseconds);
                (isAnalyzed ? ref work.BytesWith : ref work.BytesWithout) = bytes;
            }
        }

        return work;
    }

    private static async Task<(double Milliseconds, long Bytes)> CompileAsync(
        List<SyntaxTree> trees, OutputKind kind, ImmutableArray<AdditionalText> settings, bool isAnalyzed)
    {
        // New trees, as each run of the compiler has.
        var parsed = trees.ConvertAll(static tree => tree.WithRootAndOptions(tree.GetRoot(), tree.Options));
        Compilation compilation = Compilation(parsed, kind);
        ImmutableArray<DiagnosticAnalyzer> analyzers = [new Sdk(), .. isAnalyzed ? Analyzers() : []];
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions(settings), onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: false);
        GC.Collect();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var began = Stopwatch.GetTimestamp();
        if (isAnalyzed) CSharpGeneratorDriver.Create(new ManifestGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out compilation, out _);
        var found = await compilation.WithAnalyzers(analyzers, options).GetAllDiagnosticsAsync(CancellationToken.None);
        var milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;

        // What doesn't compile is bound in another way.
        if (found.FirstOrDefault(static d => d.Severity == DiagnosticSeverity.Error) is { } error) throw new InvalidOperationException(error.ToString());
        return (milliseconds, GC.GetTotalAllocatedBytes(precise: true) - bytes);
    }

    private static void Say(string what, Piecework work, double pieces)
    {
        var added = work.With.Zip(work.Without, static (with, without) => with - without).ToList();
        var without = Quantile(work.Without, 0.5);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-40} +{pieces * Quantile(added, 0.5):F0} ms to {pieces * without:F0} ms of one processor (median of {added.Count}, half of them between {pieces * Quantile(added, 0.25):F0} and {pieces * Quantile(added, 0.75):F0}), +{pieces * (work.BytesWith - work.BytesWithout) / 1e6:F0} MB to {pieces * work.BytesWithout / 1e6:F0} MB allocated"));
    }

    private static double Quantile(List<double> values, double quantile) => values.Order().ElementAt((int)(quantile * (values.Count - 1)));

    private sealed class Piecework(List<double> without, List<double> with)
    {
        public readonly List<double> Without = without;
        public readonly List<double> With = with;
        public long BytesWithout;
        public long BytesWith;
    }

#pragma warning disable RS1036, RS1038, RS1041, RS2008 // No compiler loads it.
    /// <summary>
    /// Stands for the SDK's own rules: what a plain web build has the compiler do for them (CA1416, CA2017, ASP0018 and others look at
    /// operations, nodes and symbols of all code) is no cost of these.
    /// </summary>
    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class Sdk : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor s_rule = new("SDK", "Sdk", "Sdk", "Sdk", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [s_rule];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSyntaxNodeAction(static _ => { }, SyntaxKind.InvocationExpression, SyntaxKind.StringLiteralExpression);
            context.RegisterOperationAction(static _ => { }, OperationKind.Invocation, OperationKind.Binary);
            context.RegisterOperationBlockStartAction(static block => block.RegisterOperationAction(static _ => { }, OperationKind.PropertyReference));
            context.RegisterSymbolAction(static _ => { }, SymbolKind.NamedType, SymbolKind.Method);
        }
    }
#pragma warning restore RS1036, RS1038, RS1041, RS2008
}
