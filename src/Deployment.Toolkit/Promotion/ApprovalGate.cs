using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>A release enters only once enough people, none of whom promotes or wrote it, have approved exactly what is to be
/// done.</summary>
/// <param name="rules">Which approvals count.</param>
/// <param name="promoter">Who promotes.</param>
/// <param name="planned">What is to be done, with its steps; <see langword="null"/> when no plan can be made.</param>
/// <param name="authors">Finds the commit's authors.</param>
/// <param name="ledgerOf">Reads an environment's journal.</param>
/// <param name="time">The clock.</param>
internal sealed class ApprovalGate(
    ApprovalRules rules,
    Actor promoter,
    DeploymentPlan? planned,
    CommitAuthors authors,
    Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf,
    TimeProvider time
) : PromotionGate
{
    public override string Name => "approvals";

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var (release, environment) = (context.Release, context.Environment.Name);
        if (planned is null)
            return Answer(
                GateOutcome.Inconclusive,
                $"Whether release {release} is approved for '{environment}' can't be told, because there is no plan of it. Mend what the other "
                    + "messages name."
            );
        if (planned.MigrationsOnly == true)
            return Answer(
                GateOutcome.Failed,
                $"'{environment}' takes nothing that isn't approved, and migrations without a release can't be. Bring them with a release: "
                    + $"'deploy promote --environment {environment}'."
            );

        var (count, unknown, plan) = await CountAsync(
                rules,
                ApprovedPlan.HashOf(planned),
                promoter,
                authors,
                ledgerOf,
                time,
                context,
                cancellationToken
            )
            .ConfigureAwait(false);
        if (count is null)
            return Answer(GateOutcome.Inconclusive, unknown!);

        var counted = string.Join(
            ", ",
            count.Counted.Select(static each => $"{VisibleText.Line(each.Person)} ({Moments.Told(each.Approval.Time)})")
        );
        if (count.Counted.Count >= rules.Count)
            return Answer(GateOutcome.Passed, $"approved by {counted}; wanted are {rules.Count}").WithEvidence(Evidence(plan, count));

        var seen = await SeenAsync(plan, ledgerOf, context, cancellationToken).ConfigureAwait(false);
        var others = count.Others.Count == 0 ? "" : $" {string.Join("; ", count.Others)}.";
        return Answer(
                GateOutcome.Failed,
                $"Release {release} enters '{environment}' when {(rules.Count == 1 ? "1 person" : $"{rules.Count} people")}"
                    + $"{(rules.Role is { } role ? $" with the role '{role}'" : "")} {(rules.Count == 1 ? "has" : "have")} {(rules.Signed ? "signed that they approve" : "approved")} what is "
                    + $"to be done (plan {plan[..ApprovedPlan.Shown]}), and {(count.Counted.Count == 0 ? "nobody has" : $"{count.Counted.Count} has: {counted}")}."
                    + $"{others} Whoever promotes{(rules.AuthorMayApprove ? "" : ", or wrote the commit,")} doesn't count. Let somebody else look at "
                    + $"'deploy plan --environment {environment}' and run 'deploy approve --environment {environment}{seen}'."
            )
            .WithEvidence(Evidence(plan, count));
    }

    /// <returns>The count, or why nobody can tell.</returns>
    internal static async Task<(ApprovalCount? Count, string? Unknown, string Plan)> CountAsync(
        ApprovalRules rules,
        string plan,
        Actor promoter,
        CommitAuthors authors,
        Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf,
        TimeProvider time,
        PromotionContext context,
        CancellationToken cancellationToken
    )
    {
        var (release, environment) = (context.Release, context.Environment.Name);
        IReadOnlyList<string> writers = rules.AuthorMayApprove
            ? []
            : await authors.OfAsync(release, cancellationToken).ConfigureAwait(false);
        if (!rules.AuthorMayApprove && writers.Count == 0)
            return (
                null,
                $"'{environment}' takes no author's approval of their own commit, and nothing tells who wrote "
                    + (release.Commit is null ? $"release {release}, which names no commit" : $"commit {release.Commit}")
                    + $". Set {CommitAuthors.Setting}, or let the build put an AssemblyMetadata named {CommitAuthors.Metadata} into the app.",
                plan
            );

        var ledger = await ledgerOf(context.Environment, cancellationToken).ConfigureAwait(false);
        var count = new ApprovalCount(
            rules,
            release,
            plan,
            environment,
            ApproverList.Of(ledger, environment),
            promoter,
            writers,
            time.GetUtcNow()
        ).Add(ledger.Promotion.Approvals);
        return (count, null, plan);
    }

    /// <summary>
    /// The option that names the plan. The first record of a journal makes the key under which plans are compared, so that before it a
    /// plan has
    /// another name than for whoever comes second.
    /// </summary>
    internal static async ValueTask<string> SeenAsync(
        string plan,
        Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf,
        PromotionContext context,
        CancellationToken cancellationToken
    ) =>
        (await ledgerOf(context.Environment, cancellationToken).ConfigureAwait(false)).Count == 0
            ? ""
            : $" --plan {plan[..ApprovedPlan.Shown]}";

    internal static Dictionary<string, string> Evidence(string plan, ApprovalCount count)
    {
        var evidence = new Dictionary<string, string>(StringComparer.Ordinal) { ["plan"] = plan };
        foreach (var counted in count.Counted)
            evidence[$"approval {counted.Approval.Given.Id}"] = counted.Approval.Given.By;
        return evidence;
    }

    private static PromotionAnswer Answer(GateOutcome outcome, string reason) => PromotionAnswer.Of(outcome, reason, Codes.NotApproved);
}
