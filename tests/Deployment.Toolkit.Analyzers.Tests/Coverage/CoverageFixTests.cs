using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers.Tests.Coverage;

/// <summary>Fix All of every fix over the defective application: it compiles after each, and a second run finds nothing to do.</summary>
public sealed class CoverageFixTests
{
    private static readonly ImmutableArray<CodeFixProvider> s_fixes =
    [
        .. typeof(SettingsCodeFix).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(CodeFixProvider)) && !t.IsAbstract)
            .OrderBy(t => t.Name, StringComparer.Ordinal)
            .Select(t => (CodeFixProvider)Activator.CreateInstance(t)!),
    ];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public static TheoryData<FixAllScope> Scopes => [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

    [Theory(Skip = FullRun.Only, SkipType = typeof(FullRun), SkipUnless = nameof(FullRun.IsOn))]
    [MemberData(nameof(Scopes))]
    public async Task After_every_fix_a_second_run_finds_nothing(FixAllScope scope)
    {
        using var workspace = new AdhocWorkspace();
        var project = Open(workspace, Shop.Defective);
        var before = await DiagnoseAsync(project, Shop.Analyzers);
        var used = new SortedSet<string>(StringComparer.Ordinal);
        (project, var first) = await RunAsync(project, scope);
        used.UnionWith(first);

        // A name that is spelt right now may be compared by case: one more run mends what the first brought to light, and then it is quiet.
        (project, var second) = await RunAsync(project, scope);
        Assert.Subset(new HashSet<string>([nameof(EnvironmentCaseCodeFix)], StringComparer.Ordinal), second.ToHashSet(StringComparer.Ordinal));
        Assert.Equal(s_fixes.Select(f => f.GetType().Name), used);
        Assert.Empty((await project.GetCompilationAsync(CancellationToken))!.GetDiagnostics(CancellationToken)
            .Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{d}"));
        (_, var third) = await RunAsync(project, scope);
        Assert.Empty(third);

        var left = await DiagnoseAsync(project, Shop.Analyzers);
        Assert.True(left.Length <= before.Length - 50, $"{left.Length} of {before.Length} are left:\n{string.Join('\n', left.Select(Shop.Describe))}");
    }

    private static async Task<(Project Project, List<string> Used)> RunAsync(Project project, FixAllScope scope)
    {
        var used = new List<string>();
        var all = await DiagnoseAsync(project, Shop.Analyzers);
        foreach (var fix in s_fixes)
        {
            // Until something changes, one look at the project serves all fixes.
            var (isUsed, after) = await FixAllAsync(project, fix, scope, used.Count == 0 ? all : await DiagnoseAsync(project, Of(fix)));
            project = after;
            if (isUsed)
            {
                used.Add(fix.GetType().Name);
            }
        }

        return (project, used);
    }

    private static Project Open(AdhocWorkspace workspace, Shop shop)
    {
        var project = workspace.AddProject("Shop.Web", LanguageNames.CSharp)
            .WithParseOptions(new CSharpParseOptions(LanguageVersion.Latest))
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable))
            .WithMetadataReferences([.. Shop.References, Shop.Image(shop.CompileLibrary())]);
        foreach (var file in shop.Web)
        {
            var text = SourceText.From(file.Text, System.Text.Encoding.UTF8);
            project = file.IsSource
                ? project.AddDocument(file.Name, text, filePath: file.Path).Project
                : project.AddAdditionalDocument(file.Name, text, filePath: file.Path).Project;
        }

        return project;
    }

    // A fix is asked as often as it has something to do, as a person would.
    private static async Task<(bool IsUsed, Project Project)> FixAllAsync(
        Project project, CodeFixProvider fix, FixAllScope scope, ImmutableArray<Diagnostic> diagnostics)
    {
        var provider = fix.GetFixAllProvider()!;
        for (var round = 0; ; round++)
        {
            if (await FirstActionAsync(project, fix, diagnostics) is not var (diagnostic, action))
            {
                return (round > 0, project);
            }

            Assert.True(round < 12, $"{fix.GetType().Name} over the {scope} never ends at {Shop.Describe(diagnostic)}");
            var found = new Found([.. diagnostics.Where(d => fix.FixableDiagnosticIds.Contains(d.Id))]);
            var context = diagnostic.Location.SourceTree is { } tree
                ? new FixAllContext(project.GetDocument(tree)!, fix, scope, action.EquivalenceKey, [diagnostic.Id], found, CancellationToken)
                : new FixAllContext(project, fix, scope, action.EquivalenceKey, [diagnostic.Id], found, CancellationToken);
            var all = await provider.GetFixAsync(context);
            Assert.True(all is not null, $"{fix.GetType().Name} has nothing to do over the {scope} at {Shop.Describe(diagnostic)}");
            project = (await all.GetOperationsAsync(CancellationToken)).OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;

            var left = await DiagnoseAsync(project, Of(fix));
            // A file that is made for a person to fill is reported itself, but nothing where it was missed.
            Assert.True(
                left.Length < found.All.Length || left.All(d => Shop.Describe(d) != Shop.Describe(diagnostic)),
                $"{fix.GetType().Name} over the {scope} mends nothing at {Shop.Describe(diagnostic)}");
            diagnostics = left;
        }
    }

    private static ImmutableArray<DiagnosticAnalyzer> Of(CodeFixProvider fix) =>
        [.. Shop.Analyzers.Where(a => a.SupportedDiagnostics.Any(d => fix.FixableDiagnosticIds.Contains(d.Id)))];

    private static async Task<(Diagnostic Diagnostic, CodeAction Action)?> FirstActionAsync(
        Project project, CodeFixProvider fix, ImmutableArray<Diagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics.Where(d => fix.FixableDiagnosticIds.Contains(d.Id)))
        {
            CodeAction? first = null;
            TextDocument document = diagnostic.Location.SourceTree is { } tree
                ? project.GetDocument(tree)!
                : project.AdditionalDocuments.First(d => d.FilePath == diagnostic.Location.GetLineSpan().Path);
            if (document is Document || Kinds(fix).Contains(nameof(TextDocumentKind.AdditionalDocument)))
            {
                await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => first ??= action, CancellationToken));
            }

            if (first is not null)
            {
                return (diagnostic, first);
            }
        }

        return null;
    }

    private static string[] Kinds(CodeFixProvider fix) =>
        fix.GetType().GetCustomAttributes(inherit: false).OfType<ExportCodeFixProviderAttribute>().Single().DocumentKinds;

    private static async Task<ImmutableArray<Diagnostic>> DiagnoseAsync(Project project, ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        var compilation = (await project.GetCompilationAsync(CancellationToken))!;
        var thrown = new List<Exception>();
        var found = await compilation.WithAnalyzers(analyzers, new CompilationWithAnalyzersOptions(
            project.AnalyzerOptions, (exception, _, _) => { lock (thrown) { thrown.Add(exception); } }, concurrentAnalysis: true, logAnalyzerExecutionTime: false))
            .GetAnalyzerDiagnosticsAsync(CancellationToken);
        Assert.Empty(thrown);
        return
        [
            .. found.OrderBy(d => d.Location.GetLineSpan().Path, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start)
                .ThenBy(d => d.Id, StringComparer.Ordinal),
        ];
    }

    private sealed class Found(ImmutableArray<Diagnostic> all) : FixAllContext.DiagnosticProvider
    {
        public ImmutableArray<Diagnostic> All => all;

        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(all);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult(all.Where(d => d.Location.SourceTree?.FilePath == document.FilePath));

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
