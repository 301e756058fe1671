using Deployment.Toolkit.Promotion;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Preflight;

/// <summary>Whether the release may enter: the promotion order, holds, and the app's own gates.</summary>
internal sealed class PromotionCheck : PreflightCheck
{
    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken) =>
        ValueTask.FromResult(PromotionGates.Refusals(intention.Gates));

    /// <summary>Asks the gates; none when nothing enters.</summary>
    internal static async Task<IReadOnlyList<PlannedGate>> AskAsync(Intention intention, CancellationToken cancellationToken)
    {
        if (intention is not { Kind: RunKind.Up, IsNothingToDo: false, Release: { } release } || IsTakenUp(intention))
            return [];

        var factory = intention.Factory;
        var context = new PromotionContext
        {
            Release = release,
            Environment = intention.Environment,
            PreviousRelease = intention.Journal.Ledger.Current?.Evidence.Release,
            Plan = intention.Draft,
        };
        var builtIn = BuiltInGates.Of(
            intention.Parts?.Evidence,
            intention.Environment,
            factory.Model.Environments,
            factory.ReadLedgerAsync,
            factory.Evidence,
            factory.Time
        );
        return await factory
            .Services.GetRequiredService<PromotionGates>()
            .AskAsync(builtIn, context, cancellationToken)
            .ConfigureAwait(false);
    }

    // It has entered already.
    private static bool IsTakenUp(Intention intention) =>
        intention.Journal.Ledger.OpenRun is { } run && OpenRunCheck.IsTakenUp(run, intention);
}
