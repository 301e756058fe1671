using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit.Preflight;

/// <summary>Whether the release may enter: the promotion order, and holds.</summary>
internal sealed class PromotionCheck : PreflightCheck
{
    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken) => ValueTask.FromResult(
        intention is { Kind: RunKind.Up, IsNothingToDo: false, Release: { } release } && !IsTakenUp(intention) ? PromotionGates.Refusals(Ask(intention, release)) : []);

    internal static IReadOnlyList<PlannedGate> Ask(Intention intention, Release release) =>
        PromotionGates.Ask(release, intention.Parts?.Migrations.Evidence, intention.Environment, intention.Factory.Model.Environments, intention.Factory.ReadLedger);

    // It has entered already.
    private static bool IsTakenUp(Intention intention) => intention.Journal.Ledger.OpenRun is { } run && OpenRunCheck.IsTakenUp(run, intention);
}
