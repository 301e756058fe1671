using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>
/// A release that was rolled back, or that somebody holds, enters only when its hold is released; and none an environment that is frozen.
/// </summary>
/// <param name="ledgerOf">Reads an environment's journal.</param>
/// <param name="isSigned">Whether what people say there counts only when a listed key signed it.</param>
internal sealed class ReleaseHoldGate(
    Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf,
    bool isSigned = false
) : PromotionGate
{
    internal const string Title = "hold";

    // What the journal keeps of a glass that was broken for nothing.
    private const string Entered = "entered";
    private const string Nothing = "nothing";

    public override string Name => Title;

    /// <summary>
    /// Whether it fails only because of a glass that was broken for a run that was taken back or never began. Whoever is alone at night is
    /// not left with what is broken until others wake up: breaking it once more, on record again, lets them pass.
    /// </summary>
    internal static bool MayBreakAgain(PlannedGate gate) =>
        gate.Name == Title && gate.Code == Codes.NotReviewed && gate.Evidence?.GetValueOrDefault(Entered) == Nothing;

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

        var unreviewed = GlassReviews.Open(ledger, name, isSigned).ToList();
        if (unreviewed.Find(glass => GlassReviews.MayHaveEntered(ledger, glass)) is { } entered)
            return NotReviewed(name, entered);
        if (unreviewed.Count > 0)
            return NotReviewed(name, unreviewed[0]).WithEvidence(new Dictionary<string, string> { [Entered] = Nothing });

        return ledger.HoldOf(context.Release) is not { } hold
            ? PromotionAnswer.Of(GateOutcome.Passed, "the release is not held", Codes.ReleaseOnHold)
            : PromotionAnswer.Of(
                GateOutcome.Failed,
                $"Release {context.Release} is held in '{name}': {hold.Held.Reason}. Deploy another release, or run 'deploy unhold "
                    + $"--environment {name} --reason \"…\"'.",
                Codes.ReleaseOnHold
            );
    }

    private static PromotionAnswer NotReviewed(string environment, Glass glass) =>
        PromotionAnswer.Of(
            GateOutcome.Failed,
            $"The glass of '{environment}' was broken at {Moments.Told(glass.Time)} by {glass.Broken.By} for release {glass.Broken.Release} (run "
                + $"{glass.Broken.Run}): {glass.Broken.Reason}. Nothing enters until somebody else has looked at it: 'deploy review {glass.Broken.Run} "
                + $"--environment {environment} --reason \"…\"'.",
            Codes.NotReviewed
        );
}
