using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>A release enters only an environment that is healthy before anything begins.</summary>
internal sealed class HealthBeforeGate(
    Uri? address,
    HealthGate health,
    Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf,
    TimeProvider time
) : PromotionGate
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public override string Name => "health";

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var environment = context.Environment.Name;
        if ((await ledgerOf(context.Environment, cancellationToken).ConfigureAwait(false)).Current is not { } live)
            return Answer(GateOutcome.Passed, "nothing is live there yet");
        if (address is null && health.NothingBecause is { } why)
            return Answer(
                GateOutcome.Inconclusive,
                $"Whether '{environment}' is healthy can't be told, because the app's health gate asks nothing ({why}). Name the live app's endpoint in "
                    + "AddEnvironments with .RequireHealthy(\"https://…\")."
            );

        var report = address is null
            ? await health.CheckBeforeAsync(cancellationToken).ConfigureAwait(false)
            : await new RemoteHealth(time).AskAsync(address, Limit, cancellationToken).ConfigureAwait(false);
        var evidence = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, entry) in report.Entries)
            evidence[name] = entry.Status.ToString();
        var told = HealthGate.Describe(report);
        return (
            health.IsGoodEnough(report)
                ? Answer(GateOutcome.Passed, told)
                : Answer(
                    GateOutcome.Failed,
                    $"'{environment}', where release {live.Evidence.Release} is live, is not healthy before anything has begun: {told}. Mend that first, or go "
                        + $"back with 'deploy rollback --environment {environment}'."
                )
        ).WithEvidence(evidence);
    }

    private static PromotionAnswer Answer(GateOutcome outcome, string reason) => PromotionAnswer.Of(outcome, reason, Codes.TargetUnhealthy);
}
