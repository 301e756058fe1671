using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Adds the script of a way back, for a person to fill. It has no statement: the rule goes on in it, and the engine takes it for no way
/// back, until it has one. A class gets none: a method that throws would be one to the engine.
/// </summary>
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(DownScriptCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.AdditionalDocument)]
)]
[Shared]
public sealed class DownScriptCodeFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => ["DTK5001"];

    public override FixAllProvider GetFixAllProvider() => AllScripts.Instance;

    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var project = context.TextDocument.Project;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (File(diagnostic) is { } file)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Add '{Path.GetFileName(file)}'",
                        _ => Task.FromResult(Add(project.Solution, project.Id, [file])),
                        nameof(DownScriptCodeFix)
                    ),
                    diagnostic
                );
            }
        }

        return Task.CompletedTask;
    }

    private static string? File(Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(Rules.Suggestion, out var name) && name is not null
            ? diagnostic.Location.GetLineSpan().Path is var path && path.LastIndexOfAny(['/', '\\']) is var slash
                ? path.Substring(0, slash + 1) + name
                : null
            : null;

    private static Solution Add(Solution solution, ProjectId projectId, IEnumerable<string> files)
    {
        foreach (var file in files.Distinct())
        {
            var project = solution.GetProject(projectId)!;
            if (project.AdditionalDocuments.All(d => d.FilePath != file))
            {
                var name = Path.GetFileName(file);
                var text = SourceText.From($"-- Takes {name.Replace(".down.sql", ".sql")} back.\n");
                var up = project.AdditionalDocuments.FirstOrDefault(d => Path.GetDirectoryName(d.FilePath) == Path.GetDirectoryName(file));
                solution = solution.AddAdditionalDocument(DocumentId.CreateNewId(projectId), name, text, up?.Folders, file);
            }
        }

        return solution;
    }

    private sealed class AllScripts : FixAllProvider
    {
        public static readonly AllScripts Instance = new();

        public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
        {
            var solution = fixAllContext.Solution;
            IEnumerable<Project> projects = fixAllContext.Scope == FixAllScope.Solution ? solution.Projects : [fixAllContext.Project];
            foreach (var project in projects)
            {
                var diagnostics = await fixAllContext.GetAllDiagnosticsAsync(project).ConfigureAwait(false);
                solution = Add(solution, project.Id, diagnostics.Select(File).OfType<string>());
            }

            return CodeAction.Create(
                "Add all scripts of ways back",
                _ => Task.FromResult(solution),
                fixAllContext.CodeActionEquivalenceKey
            );
        }
    }
}
