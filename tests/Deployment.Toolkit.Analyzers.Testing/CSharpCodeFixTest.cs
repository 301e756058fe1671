using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>
/// Runs an analyzer, then its fix one diagnostic after another, then Fix All over the document, the project and the solution; each way must
/// lead to the fixed state, which must compile and hold just the diagnostics that its markup expects.
/// </summary>
public class CSharpCodeFixTest<TAnalyzer, TCodeFix> : CSharpAnalyzerTest<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
{
    private readonly TCodeFix _fix = new();

    /// <summary>The one source after the fix; without it, or sources in <see cref="FixedState"/>, no fix may be offered.</summary>
    public string FixedCode
    {
        set => FixedState.Sources.Add(value);
    }

    public SolutionState FixedState { get; } = new();

    public override async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await base.RunAsync(cancellationToken);
        var isFixed = FixedState.Sources.Count + FixedState.AdditionalFiles.Count > 0;
        var expected = isFixed ? FixedState : TestState;
        using var workspace = new AdhocWorkspace();
        var project = CreateProject(workspace, TestState);

        var iterated = await IterateAsync(project, cancellationToken);
        await VerifyAsync("The code after the fix", iterated, expected, cancellationToken);

        FixAllScope[] scopes = !isFixed ? [] : [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];
        foreach (var scope in scopes)
        {
            var all = await FixAllAsync(project, scope, cancellationToken);
            await VerifyAsync($"The code after Fix All over the {scope}", all, expected, cancellationToken);
        }
    }

    private async Task VerifyAsync(string what, Project project, SolutionState expected, CancellationToken cancellationToken)
    {
        foreach (var (path, markup) in expected.Parse().Concat(expected.ParseAdditional()))
        {
            var document = project.Documents.Concat(project.AdditionalDocuments).FirstOrDefault(d => d.FilePath == path) ??
                throw new VerificationException($"{what} lacks the document {path}.");
            var text = (await document.GetTextAsync(cancellationToken)).ToString();
            if (text != markup.Text)
            {
                throw new VerificationException(
                    $"{what} is not the expected one in {path}.\n--- expected\n{markup.Text}\n--- actual\n{text}");
            }
        }

        Verify(what, [.. (await DiagnoseAsync(project, cancellationToken)).Where(IsCompared)], expected.Expected());
    }

    private async Task<Project> IterateAsync(Project project, CancellationToken cancellationToken)
    {
        // Each iteration must rid the code of a diagnostic: a fix that doesn't would go on for ever.
        for (var left = int.MaxValue; ;)
        {
            var diagnostics = await FixableAsync(project, cancellationToken);
            if (await FirstActionAsync(project, diagnostics, cancellationToken) is not var (_, action))
            {
                return project;
            }

            if (diagnostics.Length >= left)
            {
                throw new VerificationException($"The fix '{action.Title}' leaves as many diagnostics as there were: {left}.");
            }

            left = diagnostics.Length;
            project = await ApplyAsync(project, action, cancellationToken);
        }
    }

    private async Task<Project> FixAllAsync(Project project, FixAllScope scope, CancellationToken cancellationToken)
    {
        var provider = _fix.GetFixAllProvider() ?? throw new VerificationException($"{typeof(TCodeFix).Name} has no Fix All.");
        for (var left = int.MaxValue; ;)
        {
            var diagnostics = await FixableAsync(project, cancellationToken);
            if (await FirstActionAsync(project, diagnostics, cancellationToken) is not var (diagnostic, action))
            {
                return project;
            }

            if (diagnostics.Length >= left)
            {
                throw new VerificationException($"Fix All over the {scope} leaves as many diagnostics as there were: {left}.");
            }

            left = diagnostics.Length;
            var context = diagnostic.Location.SourceTree is { } tree
                ? new FixAllContext(
                    project.GetDocument(tree)!, _fix, scope, action.EquivalenceKey, [diagnostic.Id], new DiagnosticsOfProject(), cancellationToken)
                : new FixAllContext(project, _fix, scope, action.EquivalenceKey, [diagnostic.Id], new DiagnosticsOfProject(), cancellationToken);
            var all = await provider.GetFixAsync(context) ?? throw new VerificationException($"No Fix All over the {scope} is offered.");
            project = await ApplyAsync(project, all, cancellationToken);
        }
    }

    private async Task<ImmutableArray<Diagnostic>> FixableAsync(Project project, CancellationToken cancellationToken) =>
        [.. (await DiagnoseAsync(project, cancellationToken)).Where(d => _fix.FixableDiagnosticIds.Contains(d.Id) && IsFixed(d))];

    /// <summary>Whether the fix is asked for this one.</summary>
    private protected virtual bool IsFixed(Diagnostic diagnostic) => true;

    private async Task<(Diagnostic Diagnostic, CodeAction Action)?> FirstActionAsync(
        Project project, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        foreach (var diagnostic in diagnostics)
        {
            CodeAction? first = null;
            TextDocument document = diagnostic.Location.SourceTree is { } tree
                ? project.GetDocument(tree)!
                : project.AdditionalDocuments.First(d => d.FilePath == diagnostic.Location.GetLineSpan().Path);
            await _fix.RegisterCodeFixesAsync(
                new CodeFixContext(document, diagnostic, (action, _) => first ??= action, cancellationToken));
            if (first is not null)
            {
                return (diagnostic, first);
            }
        }

        return null;
    }

    private static async Task<Project> ApplyAsync(Project project, CodeAction action, CancellationToken cancellationToken)
    {
        var operations = await action.GetOperationsAsync(cancellationToken);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;
    }

    private sealed class DiagnosticsOfProject : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            await DiagnoseAsync(project, cancellationToken);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(
            Document document, CancellationToken cancellationToken) =>
            (await DiagnoseAsync(document.Project, cancellationToken)).Where(d => d.Location.SourceTree?.FilePath == document.FilePath);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
