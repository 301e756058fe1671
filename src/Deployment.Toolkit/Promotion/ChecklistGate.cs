using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>A release enters only when somebody has ticked every item of the environment's list for it.</summary>
internal sealed class ChecklistGate(
    IReadOnlyList<string> items,
    Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf
) : PromotionGate
{
    private const int MostNamed = 5;

    public override string Name => "checklist";

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var ledger = await ledgerOf(context.Environment, cancellationToken).ConfigureAwait(false);
        var ticks = items.Select(item => ledger.Promotion.TickOf(context.Release, item)).ToList();
        var open = Enumerable.Range(0, items.Count).Where(i => ticks[i] is null).ToList();
        var evidence = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tick in ticks.OfType<Tick>())
            evidence[tick.Ticked.Item] = $"{tick.Ticked.By}, {Moments.Told(tick.Time)}{(tick.Ticked.Note is { } note ? $": {note}" : "")}";
        if (open.Count == 0)
            return PromotionAnswer
                .Of(GateOutcome.Passed, $"all {items.Count} items are ticked", Codes.ChecklistOpen)
                .WithEvidence(evidence);

        var environment = context.Environment.Name;
        var named = string.Join("; ", open.Take(MostNamed).Select(i => $"{i + 1}. {items[i]}")) + (open.Count > MostNamed ? "; …" : "");
        return PromotionAnswer
            .Of(
                GateOutcome.Failed,
                $"Of the {items.Count} items of the checklist of '{environment}', {open.Count} {(open.Count == 1 ? "isn't" : "aren't")} ticked for release "
                    + $"{context.Release}: {named}. Tick each by its number, once it is done: 'deploy checklist tick {open[0] + 1} --environment "
                    + $"{environment}'.",
                Codes.ChecklistOpen
            )
            .WithEvidence(evidence);
    }
}
