using System.Globalization;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Hosting;

/// <summary>Ticks what an environment wants to be done before a release enters.</summary>
internal sealed class Checklist(DeploymentPartsFactory factory, DeploymentEnvironment environment)
{
    private const int LongestNote = 500;

    private IReadOnlyList<string> Items => factory.Model.Environments.RulesOf(environment).Checklist.Items;

    internal async Task<IReadOnlyList<ChecklistItem>> ListAsync(string? release, CancellationToken cancellationToken)
    {
        var (ledger, wanted) = (
            await factory.ReadLedgerAsync(environment, cancellationToken).ConfigureAwait(false),
            factory.ReleaseOf(release)
        );
        return
        [
            .. Items.Select(
                (item, i) =>
                {
                    var tick = ledger.Promotion.TickOf(wanted, item);
                    return new ChecklistItem
                    {
                        Number = i + 1,
                        Text = item,
                        By = tick?.Ticked.By,
                        At = tick?.Time,
                        Note = tick?.Ticked.Note,
                    };
                }
            ),
        ];
    }

    internal async Task<DeploymentResult> TickAsync(TickRequest request, CancellationToken cancellationToken)
    {
        if (request.Note is { Length: > LongestNote })
            throw Refused(
                $"The note has {request.Note.Length} characters, and {LongestNote} are kept. Nothing was recorded. Say less, or where more stands."
            );
        var item = Find(request.Item);
        var parts = factory.Create(request.Release);
        await using var own = factory.OwnSteps();
        var launcher = new RunLauncher(factory, parts, request, own);
        await using var session = await launcher
            .LockAsync(request.IsDone ? "checklist tick" : "checklist untick", cancellationToken)
            .ConfigureAwait(false);
        if (session.Ledger.Promotion.TickOf(parts.Release, item) is not null == request.IsDone)
            return new DeploymentResult { Outcome = DeploymentOutcome.NothingToDo, Environment = environment.Name };

        var ticked = new ChecklistTicked(parts.Release, item, request.IsDone, launcher.By)
        {
            Note = request.Note is { } note ? parts.Redactor.Redact(note) : null,
        };
        await session.AppendAsync(null, JournalKinds.ChecklistTicked, ticked, JournalJson.Default.ChecklistTicked).ConfigureAwait(false);
        return new DeploymentResult
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = environment.Name,
            Messages =
            [
                new DeploymentMessage(
                    Codes.ChecklistOpen,
                    $"'{item}' is {(request.IsDone ? "done" : "open again")} for release {parts.Release} in '{environment.Name}'.",
                    MessageSeverity.Information
                ),
            ],
        };
    }

    private string Find(string item)
    {
        if (Items.Count == 0)
            throw Refused(
                $"'{environment.Name}' has no checklist. Nothing was recorded. Declare one in AddEnvironments with .RequireChecklist(\"…\")."
            );
        if (int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= Items.Count)
            return Items[number - 1];
        return Items.FirstOrDefault(known => string.Equals(known, item.Trim(), StringComparison.OrdinalIgnoreCase))
            ?? throw Refused(
                $"The checklist of '{environment.Name}' has no item '{VisibleText.Line(item)}'.{Suggestion.Sentence(item, Items)} Nothing was recorded. "
                    + $"'deploy checklist list --environment {environment.Name}' shows its {Items.Count} with their numbers."
            );
    }

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.ChecklistOpen, text);
}
