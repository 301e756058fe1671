using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>A release that was rolled back, or that somebody holds, enters only when its hold is released.</summary>
internal sealed class ReleaseHoldGate(Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf) : PromotionGate
{
    public override string Name => "hold";

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var name = context.Environment.Name;
        return (await ledgerOf(context.Environment, cancellationToken).ConfigureAwait(false)).HoldOf(context.Release) is not { } hold
            ? PromotionAnswer.Of(GateOutcome.Passed, "the release is not held", Codes.ReleaseOnHold)
            : PromotionAnswer.Of(
                GateOutcome.Failed,
                $"Release {context.Release} is held in '{name}': {hold.Held.Reason}. Deploy another release, or run 'deploy unhold "
                    + $"--environment {name} --reason \"…\"'.",
                Codes.ReleaseOnHold
            );
    }
}
