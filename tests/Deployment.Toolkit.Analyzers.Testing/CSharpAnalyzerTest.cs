using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>Runs an analyzer over sources and compares what it and the compiler report with what the sources' markup expects.</summary>
public class CSharpAnalyzerTest<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    /// <summary>The one source of a test that has no more.</summary>
    public string TestCode
    {
        set => TestState.Sources.Add(value);
    }

    public SolutionState TestState { get; } = new();

    public IList<DiagnosticResult> ExpectedDiagnostics => TestState.ExpectedDiagnostics;

    public ImmutableArray<MetadataReference> References { get; set; } = ReferenceAssemblies.AspNetCore;

    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        using var workspace = new AdhocWorkspace();
        var project = CreateProject(workspace, TestState);
        Verify("The test code", [.. (await DiagnoseAsync(project, cancellationToken)).Where(IsCompared)], TestState.Expected());
    }

    private protected virtual bool IsCompared(Diagnostic diagnostic) => true;

    private protected Project CreateProject(AdhocWorkspace workspace, SolutionState state)
    {
        var project = workspace.AddProject("Test", LanguageNames.CSharp)
            .WithParseOptions(new CSharpParseOptions(LanguageVersion.Latest))
            .WithCompilationOptions(new CSharpCompilationOptions(state.OutputKind, nullableContextOptions: NullableContextOptions.Enable))
            .WithMetadataReferences([.. References, .. state.AdditionalReferences]);
        foreach (var (path, markup) in state.Parse())
        {
            project = project.AddDocument(Path.GetFileName(path), SourceText.From(markup.Text), filePath: path).Project;
        }

        foreach (var (path, markup) in state.ParseAdditional())
        {
            project = project.AddAdditionalDocument(Path.GetFileName(path), SourceText.From(markup.Text), filePath: path).Project;
        }

        foreach (var (path, text) in state.AnalyzerConfigFiles)
        {
            project = project.AddAnalyzerConfigDocument(Path.GetFileName(path), SourceText.From(text), filePath: path).Project;
        }

        return project;
    }

    /// <summary>The compiler's errors and all that the analyzer reports, in order; an analyzer that throws fails the test.</summary>
    private protected static async Task<ImmutableArray<Diagnostic>> DiagnoseAsync(Project project, CancellationToken cancellationToken)
    {
        var compilation = await project.GetCompilationAsync(cancellationToken) ?? throw new VerificationException("No compilation.");
        var thrown = new List<Exception>();
        var analysis = compilation.WithAnalyzers([new TAnalyzer()], new CompilationWithAnalyzersOptions(
            project.AnalyzerOptions,
            onAnalyzerException: (exception, _, _) => { lock (thrown) { thrown.Add(exception); } },
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false));
        var reported = await analysis.GetAnalyzerDiagnosticsAsync(cancellationToken);
        if (thrown.Count > 0)
        {
            throw new VerificationException($"{typeof(TAnalyzer).Name} threw: {thrown[0]}", thrown[0]);
        }

        var errors = compilation.GetDiagnostics(cancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error);
        return
        [
            .. errors.Concat(reported)
                .OrderBy(d => d.Location.GetLineSpan().Path, StringComparer.Ordinal)
                .ThenBy(d => d.Location.SourceSpan.Start)
                .ThenBy(d => d.Id, StringComparer.Ordinal),
        ];
    }

    private protected static void Verify(string what, ImmutableArray<Diagnostic> actual, List<DiagnosticResult> expected)
    {
        // The most exactly described first, so that a looser one doesn't take its diagnostic away.
        var unseen = expected.OrderBy(e => e.Message is null).ThenBy(e => e.Severity is null).ThenBy(e => e.Span is null).ToList();
        var unexpected = actual.ToList();
        foreach (var result in unseen.ToList())
        {
            if (unexpected.Find(result.Matches) is { } match)
            {
                unexpected.Remove(match);
                unseen.Remove(result);
            }
        }

        if (unseen.Count > 0 || unexpected.Count > 0)
        {
            throw new VerificationException(
                $"{what} did not give the expected diagnostics.\n" +
                string.Concat(unseen.Select(e => $"  missing:    {e.Describe()}\n")) +
                string.Concat(unexpected.Select(d => $"  unexpected: {Describe(d)}\n")));
        }

        static string Describe(Diagnostic d) =>
            $"{d.Location.GetLineSpan().Path}{d.Location.SourceSpan} {d.Severity} {d.Id}: {d.GetMessage(CultureInfo.InvariantCulture)}";
    }
}
