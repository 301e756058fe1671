using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Promotion;

/// <summary>What must hold before a release may enter an environment. The evidence is in the journals.</summary>
internal static class PromotionGates
{
    /// <summary>Asks every gate; none stops at another's answer.</summary>
    /// <param name="release">What wants to enter.</param>
    /// <param name="migrations">What it brings with it; <see langword="null"/> when that could not be found out, which is a fault of its own.</param>
    /// <param name="environment">Where.</param>
    /// <param name="graph">The declared environments.</param>
    /// <param name="ledgerOf">Reads an environment's journal.</param>
    internal static IReadOnlyList<PlannedGate> Ask(
        Release release, IReadOnlyList<VerifiedMigration>? migrations, DeploymentEnvironment environment, EnvironmentGraph graph, Func<DeploymentEnvironment, EnvironmentLedger> ledgerOf)
    {
        var gates = new List<PlannedGate> { Hold(release, environment, ledgerOf) };
        if (environment.PromotedFrom is { } name) gates.Insert(0, Order(release, migrations, environment, graph.Get(name), ledgerOf));
        return gates;
    }

    internal static IReadOnlyList<DeploymentMessage> Refusals(IReadOnlyList<PlannedGate> gates) =>
        [.. gates.Where(static gate => gate.Outcome != GateOutcome.Passed).Select(static gate => new DeploymentMessage(gate.Code, gate.Reason))];

    private static PlannedGate Order(
        Release release, IReadOnlyList<VerifiedMigration>? migrations, DeploymentEnvironment environment, DeploymentEnvironment source, Func<DeploymentEnvironment, EnvironmentLedger> ledgerOf)
    {
        const string name = "promotion order";
        try
        {
            var ledger = ledgerOf(source);
            if (ledger.HoldOf(release) is { } hold)
            {
                return new PlannedGate(
                    name, GateOutcome.Failed, $"Release {release} is held in '{source.Name}': {hold.Held.Reason}. Release the hold with 'deploy unhold --environment {source.Name} --reason \"…\"'.", Codes.ReleaseOnHold);
            }

            var named = ledger.Verified.Where(verified => verified.Evidence.Release.Version == release.Version).ToList();
            if (named.FindLast(verified => ReleaseContent.Differences(verified.Evidence, release, migrations).Count == 0) is { } same)
            {
                var left = same.Evidence.Migrations is null && migrations is { Count: > 0 } ? "; its record names no checksums, so that of the migrations only the versions were compared" : "";
                return new PlannedGate(name, GateOutcome.Passed, $"verified in {source.Name} at {At(same)} by run {same.Run}{left}", Codes.PromotionOrder);
            }

            if (named.Count > 0)
            {
                return new PlannedGate(
                    name,
                    GateOutcome.Failed,
                    $"Release {release} was verified in '{source.Name}' at {At(named[^1])} by run {named[^1].Run}, and what wants to enter '{environment.Name}' is another build of it: "
                    + $"{string.Join("; ", ReleaseContent.Differences(named[^1].Evidence, release, migrations))}. Deploy the build that was verified, or verify this one with 'deploy up --environment {source.Name}' first.",
                    Codes.PromotionOfAnotherBuild);
            }

            var there = ledger.Current is { } current ? $"{source.Name} has release {current.Evidence.Release}" : $"{source.Name} has no verified release yet";
            return new PlannedGate(
                name,
                GateOutcome.Failed,
                $"Release {release} may enter '{environment.Name}' only after it is verified in '{source.Name}', and it is not: {there}. Run 'deploy up --environment {source.Name}' first.",
                Codes.PromotionOrder);
        }
        catch (DeploymentException e)
        {
            return new PlannedGate(name, GateOutcome.Errored, $"Whether release {release} is verified in '{source.Name}' cannot be found out: {e.Messages[0].Text}", e.Messages[0].Code);
        }
    }

    private static string At(VerifiedRelease verified) => string.Create(CultureInfo.InvariantCulture, $"{verified.Time.UtcDateTime:yyyy-MM-dd HH:mm} UTC");

    private static PlannedGate Hold(Release release, DeploymentEnvironment environment, Func<DeploymentEnvironment, EnvironmentLedger> ledgerOf) =>
        ledgerOf(environment).HoldOf(release) is { } hold
            ? new PlannedGate("hold", GateOutcome.Failed, $"Release {release} is held in '{environment.Name}': {hold.Held.Reason}. Deploy another release, or run 'deploy unhold --environment {environment.Name} --reason \"…\"'.", Codes.ReleaseOnHold)
            : new PlannedGate("hold", GateOutcome.Passed, "the release is not held", Codes.ReleaseOnHold);
}
