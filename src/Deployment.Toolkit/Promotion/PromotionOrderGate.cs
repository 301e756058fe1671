using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Promotion;

/// <summary>A release enters only when it, and no other build of it, is verified in the environment that it is promoted from.</summary>
/// <param name="migrations">What it brings with it; <see langword="null"/> when that could not be found out, which is a fault of its
/// own.</param>
/// <param name="source">Where it comes from.</param>
/// <param name="ledgerOf">Reads an environment's journal.</param>
/// <param name="trusted">What bundles count for where that journal is not here.</param>
internal sealed class PromotionOrderGate(
    IReadOnlyList<VerifiedMigration>? migrations,
    DeploymentEnvironment source,
    Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf,
    TrustedEvidence trusted
) : PromotionGate
{
    public override string Name => "promotion order";

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var (release, environment) = (context.Release, context.Environment);
        try
        {
            var ledger = await ledgerOf(source, cancellationToken).ConfigureAwait(false);
            if (ledger.HoldOf(release) is { } hold)
            {
                return PromotionAnswer.Of(
                    GateOutcome.Failed,
                    $"Release {release} is held in '{source.Name}': {hold.Held.Reason}. "
                        + $"Release the hold with 'deploy unhold --environment {source.Name} --reason \"…\"'.",
                    Codes.ReleaseOnHold
                );
            }

            if ((Same(ledger.RecentlyVerified) ?? Same(ledger.Verified)) is { } same)
            {
                var left =
                    same.Evidence.Migrations is null && migrations is { Count: > 0 }
                        ? "; its record names no checksums, so that of the migrations only the versions were compared"
                        : "";
                return PromotionAnswer.Of(
                    GateOutcome.Passed,
                    $"verified in {source.Name} at {At(same)} by run {same.Run}{left}",
                    Codes.PromotionOrder
                );
            }

            var target = await ledgerOf(environment, cancellationToken).ConfigureAwait(false);
            var (bundle, why) = trusted.Find(target, source.Name, release, migrations);
            if (bundle is not null)
            {
                return PromotionAnswer.Of(
                    GateOutcome.Passed,
                    $"verified in {bundle.Bundle.Environment} at {TrustedEvidence.At(bundle.Bundle.VerifiedAt)} by run {bundle.Bundle.Run}, on the word of "
                        + $"key '{bundle.Bundle.Key}' (imported {TrustedEvidence.At(bundle.Time)}, good until {TrustedEvidence.At(bundle.Bundle.ExpiresAt)})",
                    Codes.PromotionOrder
                );
            }

            var named = ledger.Verified.Where(verified => verified.Evidence.Release.Version == release.Version).ToList();
            if (named.Count > 0)
            {
                return PromotionAnswer.Of(
                    GateOutcome.Failed,
                    $"Release {release} was verified in '{source.Name}' at {At(named[^1])} by run {named[^1].Run}, and what wants to "
                        + $"enter '{environment.Name}' "
                        + $"is another build of it: "
                        + $"{string.Join("; ", ReleaseContent.Differences(named[^1].Evidence, release, migrations))}. "
                        + $"Deploy the build that was verified, or verify this one with 'deploy up --environment {source.Name}' first.",
                    Codes.PromotionOfAnotherBuild
                );
            }

            if (ledger.IsElsewhere)
                return PromotionAnswer.Of(GateOutcome.Failed, JournalElsewhere.Of(release, environment, source, why), Codes.PromotionOrder);

            var there = ledger.Current is { } current
                ? $"{source.Name} has release {current.Evidence.Release}"
                : $"{source.Name} has no verified release yet";
            return PromotionAnswer.Of(
                GateOutcome.Failed,
                $"Release {release} may enter '{environment.Name}' only after it is verified in '{source.Name}', and it is not: {there}{(why is null ? "" : $"; {why}")}. "
                    + $"Run 'deploy up --environment {source.Name}' first.",
                Codes.PromotionOrder
            );
        }
        catch (DeploymentException e)
        {
            return PromotionAnswer.Of(
                GateOutcome.Errored,
                $"Whether release {release} is verified in '{source.Name}' cannot be found out: {e.Messages[0].Text}",
                e.Messages[0].Code
            );
        }

        VerifiedRelease? Same(IReadOnlyList<VerifiedRelease> among) =>
            among.LastOrDefault(verified =>
                verified.Evidence.Release.Version == release.Version
                && ReleaseContent.Differences(verified.Evidence, release, migrations).Count == 0
            );
    }

    private static string At(VerifiedRelease verified) =>
        string.Create(CultureInfo.InvariantCulture, $"{verified.Time.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
}
