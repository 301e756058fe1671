using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>
/// A release that was rolled back, or that somebody holds, enters only when its hold is released; and none an environment that is frozen.
/// </summary>
internal sealed class ReleaseHoldGate(Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf) : PromotionGate
{
    public override string Name => "hold";

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var name = context.Environment.Name;
        var ledger = await ledgerOf(context.Environment, cancellationToken).ConfigureAwait(false);
        if (ledger.Freeze is { } freeze)
            return PromotionAnswer.Of(
                GateOutcome.Failed,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{name}' is frozen since {freeze.Time.UtcDateTime:yyyy-MM-dd HH:mm} UTC by {freeze.Frozen.By}: {freeze.Frozen.Reason}. "
                ) + $"Nothing enters it until 'deploy unfreeze --environment {name} --reason \"…\"'.",
                Codes.EnvironmentFrozen
            );

        return ledger.HoldOf(context.Release) is not { } hold
            ? PromotionAnswer.Of(GateOutcome.Passed, "the release is not held", Codes.ReleaseOnHold)
            : PromotionAnswer.Of(
                GateOutcome.Failed,
                $"Release {context.Release} is held in '{name}': {hold.Held.Reason}. Deploy another release, or run 'deploy unhold "
                    + $"--environment {name} --reason \"…\"'.",
                Codes.ReleaseOnHold
            );
    }
}
