using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;

namespace Deployment.Toolkit.Promotion;

/// <summary>Whether a release may enter as a hotfix: others are skipped only when this one passes.</summary>
internal sealed class HotfixGate(EnvironmentRules rules, BypassRequest request, GateSources sources) : PromotionGate
{
    internal const string Title = "hotfix";

    public override string Name => Title;

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var (release, environment) = (context.Release, context.Environment.Name);
        if (rules is not { Hotfix: { } hotfix, HotfixApprovals: { } approvals })
            return Answer(
                GateOutcome.Failed,
                $"'{environment}' lets no hotfix in. Nothing was begun. Bring release {release} through all gates with 'deploy promote --environment "
                    + $"{environment}', or say in AddEnvironments what a hotfix may skip with .AllowHotfix()."
            );

        var now = sources.Time.GetUtcNow();
        var ledger = await sources.LedgerOf(context.Environment, cancellationToken).ConfigureAwait(false);
        if (ledger.Promotion.Debts.FirstOrDefault(debt => debt.Due.Until <= now) is { } overdue)
            return Answer(
                GateOutcome.Failed,
                $"Hotfix {overdue.Due.Release} in '{environment}' (run {overdue.Due.Run}) should have been followed by {overdue.Due.MustFollow} until "
                    + $"{Moments.Told(overdue.Due.Until)}, and no further one enters before that. See 'deploy status --environment {environment}'."
            );

        var may = $"may skip {string.Join(", ", hotfix.Skip.Items)} until {Moments.Told(now + hotfix.Within)}";
        if (request.IsBreakGlass)
            return Answer(GateOutcome.Passed, $"the glass is broken; {may}");
        if (sources.Planned is not { } planned)
            return Answer(
                GateOutcome.Inconclusive,
                $"Whether hotfix {release} is approved for '{environment}' can't be told, because there is no plan of it. Mend what the other messages "
                    + "name."
            );

        var (count, unknown, plan) = await ApprovalGate
            .CountAsync(
                approvals,
                ApprovedPlan.HashOf(planned, isHotfix: true),
                sources.Promoter,
                sources.Authors,
                sources.LedgerOf,
                sources.Time,
                context,
                cancellationToken
            )
            .ConfigureAwait(false);
        if (count is null)
            return Answer(GateOutcome.Inconclusive, unknown!);

        // Whoever brings it says on whose word, and that word has to be there.
        var named = count.Counted.Where(counted => request.ApprovedBy.Any(name => PersonNames.Same(name, counted.Person))).ToList();
        if (named.Count >= hotfix.Approvals)
            return Answer(
                    GateOutcome.Passed,
                    $"approved by {string.Join(", ", named.Select(static each => VisibleText.Line(each.Person)))}; {may}"
                )
                .WithEvidence(ApprovalGate.Evidence(plan, count));

        var others = count.Others.Count == 0 ? "" : $" {string.Join("; ", count.Others)}.";
        return Answer(
            GateOutcome.Failed,
            $"Release {release} enters '{environment}' as a hotfix when {hotfix.Approvals} other {(hotfix.Approvals == 1 ? "person has" : "people have")} approved "
                + $"that (plan {plan[..ApprovedPlan.Shown]}) and are named with --approved-by; approved have "
                + $"{(count.Counted.Count == 0 ? "none" : string.Join(", ", count.Counted.Select(static each => VisibleText.Line(each.Person))))}, named are "
                + $"{(request.ApprovedBy.Count == 0 ? "none" : string.Join(", ", request.ApprovedBy.Select(VisibleText.Line)))}.{others} Let somebody else run "
                + $"'deploy approve --hotfix --environment {environment}{(ledger.Count == 0 ? "" : $" --plan {plan[..ApprovedPlan.Shown]}")}'."
        );
    }

    private static PromotionAnswer Answer(GateOutcome outcome, string reason) => PromotionAnswer.Of(outcome, reason, Codes.HotfixRefused);
}
