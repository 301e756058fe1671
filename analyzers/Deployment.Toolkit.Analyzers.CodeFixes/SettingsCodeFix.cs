using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Writes into a settings file what its rule found to be meant. The edits come with the diagnostic, so that it makes no difference whether
/// it stands in the file or, repeated, in code.
/// </summary>
public abstract class SettingsCodeFix : CodeFixProvider
{
    public sealed override FixAllProvider GetFixAllProvider() => SettingsFixAllProvider.Instance;

    public sealed override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            var edits = SettingsEdits.Unpack(diagnostic.Properties).ToList();
            if (edits.Count > 0 && diagnostic.Properties.TryGetValue(SettingsEdits.Title, out var title) && title is not null)
            {
                var project = context.TextDocument.Project;
                context.RegisterCodeFix(
                    CodeAction.Create(
                        title,
                        cancellationToken => ApplyAsync(project.Solution, project.Id, edits, cancellationToken),
                        GetType().Name
                    ),
                    diagnostic
                );
            }
        }

        return Task.CompletedTask;
    }

    internal static async Task<Solution> ApplyAsync(
        Solution solution,
        ProjectId projectId,
        IReadOnlyCollection<SettingsEdit> edits,
        CancellationToken cancellationToken
    )
    {
        foreach (var file in edits.GroupBy(e => e.Path))
        {
            if (solution.GetProject(projectId)?.AdditionalDocuments.FirstOrDefault(d => d.FilePath == file.Key) is not { } document)
            {
                continue;
            }

            var text = await document.GetTextAsync(cancellationToken).ConfigureAwait(false);
            solution = solution.WithAdditionalDocumentText(document.Id, text.WithChanges(Compatible(file, text.Length)));
        }

        return solution;
    }

    // Whatever overlaps an earlier edit waits for the next round: its place is gone once that one is made.
    private static IEnumerable<TextChange> Compatible(IEnumerable<SettingsEdit> edits, int length)
    {
        var end = -1;
        var previous = (SettingsEdit?)null;
        foreach (var edit in edits.Distinct().OrderBy(e => e.Span.Start).ThenBy(e => e.Span.Length))
        {
            var isSecondInsert =
                previous is { Span.IsEmpty: true } && edit.Span.IsEmpty && previous.Span == edit.Span && previous.Text[0] != ',';
            if (edit.Span.Start >= end && edit.Span.End <= length && !isSecondInsert)
            {
                yield return new TextChange(edit.Span, edit.Text);
                end = edit.Span.End;
                previous = edit;
            }
        }
    }
}
