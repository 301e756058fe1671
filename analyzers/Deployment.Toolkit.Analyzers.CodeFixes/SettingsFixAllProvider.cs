using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Fixes all of a rule in settings files. The one that comes with the compiler gives nothing for files that are no source.
/// </summary>
internal sealed class SettingsFixAllProvider : FixAllProvider
{
    public static readonly SettingsFixAllProvider Instance = new();

    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() =>
        [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

    /// <summary>
    /// An action even where nothing is left to fix: <c>dotnet format</c> asks once a project, and reports "Unable to fix" for none.
    /// </summary>
    public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
    {
        var found = new List<(ProjectId Project, ImmutableArray<Diagnostic> Diagnostics)>();
        IEnumerable<Project> projects =
            fixAllContext.Scope == FixAllScope.Solution ? fixAllContext.Solution.Projects : [fixAllContext.Project];
        foreach (var project in projects)
        {
            var diagnostics = fixAllContext is { Scope: FixAllScope.Document, Document: { } document }
                ? await fixAllContext.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false)
                : await fixAllContext.GetAllDiagnosticsAsync(project).ConfigureAwait(false);
            if (!diagnostics.IsEmpty)
            {
                found.Add((project.Id, diagnostics));
            }
        }

        return CodeAction.Create(
            "Fix all in settings files",
            cancellationToken => ApplyAsync(fixAllContext.Solution, found, cancellationToken),
            fixAllContext.CodeActionEquivalenceKey
        );
    }

    private static async Task<Solution> ApplyAsync(
        Solution solution,
        List<(ProjectId Project, ImmutableArray<Diagnostic> Diagnostics)> found,
        CancellationToken cancellationToken
    )
    {
        foreach (var (project, diagnostics) in found)
        {
            // What stands in a file and is repeated in code is one edit, and moved keys keep their two together.
            var edits = diagnostics.SelectMany(d => SettingsEdits.Unpack(d.Properties)).Distinct().ToList();
            solution = await SettingsCodeFix.ApplyAsync(solution, project, edits, cancellationToken).ConfigureAwait(false);
        }

        return solution;
    }
}
