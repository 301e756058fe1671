using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>The gates that the engine itself asks. The evidence is in the journals.</summary>
internal static class BuiltInGates
{
    /// <param name="migrations">What the release brings with it; <see langword="null"/> when that could not be found out.</param>
    /// <param name="environment">Where it wants to enter.</param>
    /// <param name="graph">The declared environments.</param>
    /// <param name="ledgerOf">Reads an environment's journal.</param>
    /// <param name="trusted">What bundles of other environments count for.</param>
    /// <param name="time">The clock.</param>
    internal static IEnumerable<PromotionGate> Of(
        IReadOnlyList<VerifiedMigration>? migrations,
        DeploymentEnvironment environment,
        EnvironmentGraph graph,
        Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf,
        TrustedEvidence trusted,
        TimeProvider time
    )
    {
        if (environment.PromotedFrom is { } source)
            yield return new PromotionOrderGate(migrations, graph.Get(source), ledgerOf, trusted);
        yield return new ReleaseHoldGate(ledgerOf);
        var rules = graph.RulesOf(environment);
        if (rules.Soak is { } soak && environment.PromotedFrom is { } from)
            yield return new SoakGate(soak, graph.Get(from), migrations, ledgerOf, trusted, time);
        if (rules.RequiresRehearsal)
            yield return new RehearsalGate(migrations, ledgerOf);
        if (rules.Tests is { } tests)
            yield return new TestsGate(tests.Names, graph, ledgerOf);
        if (rules.Window is { } window)
            yield return new WindowGate(window, time);
    }
}
