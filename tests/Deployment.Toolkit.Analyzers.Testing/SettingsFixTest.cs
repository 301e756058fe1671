using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Testing.Model;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>
/// A test of a fix of files that are no source, which Microsoft's knows not: one diagnostic after another, then Fix All over the document, the
/// project and the solution; each way must lead to the fixed state.
/// </summary>
public class SettingsFixTest<TAnalyzer, TCodeFix> : SettingsTest<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
{
    private readonly TCodeFix _fix = new();
    private bool _isFixing;

    public SettingsFixTest() => FixedState = new SolutionState(DefaultTestProjectName, Language, DefaultFilePathPrefix, DefaultFileExt);

    public SolutionState FixedState { get; }

    /// <summary>Whether only what is repeated in code is fixed, as tools do that know no other files.</summary>
    public bool FromCode { get; set; }

    protected override async Task RunImplAsync(CancellationToken cancellationToken)
    {
        await base.RunImplAsync(cancellationToken);
        var after = new SettingsTest<TAnalyzer>();
        after.TestState.Sources.AddRange(TestState.Sources);
        after.TestState.AdditionalFiles.AddRange(FixedState.AdditionalFiles);
        await after.RunAsync(cancellationToken);

        _isFixing = true;
        var state = TestState.WithInheritedValuesApplied(null, []).WithProcessedMarkup(MarkupOptions, null, [.. new TAnalyzer().SupportedDiagnostics], [], DefaultFilePath);
        var project = await CreateProjectAsync(new EvaluatedProjectState(state, ReferenceAssemblies), [], cancellationToken);
        await CompareAsync("one fix after another", await FixAsync(project, scope: null, cancellationToken), cancellationToken);
        foreach (var scope in (FixAllScope[])[FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution])
            await CompareAsync($"Fix All over the {scope}", await FixAsync(project, scope, cancellationToken), cancellationToken);
    }

    // What is repeated in code is where tools begin that know no other files.
    private protected override bool IsCompared(Diagnostic diagnostic) => _isFixing || base.IsCompared(diagnostic);

    private async Task CompareAsync(string what, Project project, CancellationToken cancellationToken)
    {
        Verify.Equal(FixedState.AdditionalFiles.Count, project.AdditionalDocuments.Count(), $"{what} leaves another number of files");
        foreach (var (path, content) in FixedState.AdditionalFiles)
        {
            var document = project.AdditionalDocuments.FirstOrDefault(document => document.FilePath == path) ?? throw new InvalidOperationException($"{what} leaves no {path}");
            Verify.EqualOrDiff(TestMarkup.Parse(content.ToString()).Text, (await document.GetTextAsync(cancellationToken)).ToString(), what);
        }
    }

    private async Task<Project> FixAsync(Project project, FixAllScope? scope, CancellationToken cancellationToken)
    {
        // Each round must rid the files of a diagnostic: a fix that doesn't would go on for ever.
        for (var left = int.MaxValue; ;)
        {
            var diagnostics = await FixableAsync(project, cancellationToken);
            if (await FirstActionAsync(project, diagnostics, cancellationToken) is not var (diagnostic, action))
                return project;

            Verify.True(diagnostics.Length < left, $"The fix '{action.Title}' leaves as many diagnostics as there were: {left}.");
            left = diagnostics.Length;
            if (scope is { } all)
                action = await FixAllAsync(project, diagnostic, all, action.EquivalenceKey, cancellationToken);
            var operations = await action.GetOperationsAsync(cancellationToken);
            project = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;
        }
    }

    private async Task<CodeAction> FixAllAsync(Project project, Diagnostic diagnostic, FixAllScope scope, string? key, CancellationToken cancellationToken)
    {
        var provider = _fix.GetFixAllProvider() ?? throw new InvalidOperationException($"{typeof(TCodeFix).Name} has no Fix All.");
        var others = new DiagnosticsOfProject(this);
        var context = diagnostic.Location.SourceTree is { } tree
            ? new FixAllContext(project.GetDocument(tree)!, _fix, scope, key, [diagnostic.Id], others, cancellationToken)
            : new FixAllContext(project, _fix, scope, key, [diagnostic.Id], others, cancellationToken);
        return await provider.GetFixAsync(context) ?? throw new InvalidOperationException($"No Fix All over the {scope} is offered.");
    }

    private async Task<ImmutableArray<Diagnostic>> FixableAsync(Project project, CancellationToken cancellationToken) =>
        [.. (await DiagnoseAsync(project, cancellationToken)).Where(one => _fix.FixableDiagnosticIds.Contains(one.Id) && (!FromCode || one.Location.IsInSource))];

    private async Task<ImmutableArray<Diagnostic>> DiagnoseAsync(Project project, CancellationToken cancellationToken) =>
        [.. (await GetSortedDiagnosticsAsync(project.Solution, [new TAnalyzer()], [], CompilerDiagnostics, Verify, cancellationToken)).Select(one => one.diagnostic)];

    private async Task<(Diagnostic Diagnostic, CodeAction Action)?> FirstActionAsync(Project project, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        foreach (var diagnostic in diagnostics)
        {
            CodeAction? first = null;
            TextDocument document = diagnostic.Location.SourceTree is { } tree
                ? project.GetDocument(tree)!
                : project.AdditionalDocuments.First(one => one.FilePath == diagnostic.Location.GetLineSpan().Path);
            await _fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => first ??= action, cancellationToken));
            if (first is not null)
                return (diagnostic, first);
        }

        return null;
    }

    private sealed class DiagnosticsOfProject(SettingsFixTest<TAnalyzer, TCodeFix> test) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            await test.DiagnoseAsync(project, cancellationToken);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            (await test.DiagnoseAsync(document.Project, cancellationToken)).Where(one => one.Location.SourceTree?.FilePath == document.FilePath);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
