using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Preflight;

/// <summary>
/// Whether what a pending migration takes away is still needed: by the release that is live, which runs beside it for a while, and to
/// which a rollback goes afterwards. Where nothing is live nothing needs it.
/// </summary>
internal sealed class ContractCheck : PreflightCheck
{
    internal override bool IsOfDatabase => true;

    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken)
    {
        var findings = new List<DeploymentMessage>();
        if (intention is { Kind: RunKind.Up, Parts: { } parts, Draft: { } draft } && intention.Journal.Ledger.Current is { } live)
        {
            foreach (
                var definition in draft.Migrations.Select(planned => parts.Migrations.Find(planned.Version)).OfType<MigrationDefinition>()
            )
            {
                if (definition.ContractsAfter is { } version && !IsAfter(intention.Journal.Ledger, live, version))
                    findings.Add(
                        new DeploymentMessage(
                            Codes.ContractTooEarly,
                            $"Migration {definition.Title} takes away what releases before {version} need, and "
                                + $"{live.Evidence.Release} is live in '{parts.Environment.Name}'. Nothing was begun. Deploy a release "
                                + $"from {version} on without this migration, and this one after it: 'deploy history --environment "
                                + $"{parts.Environment.Name}' lists what was there."
                        )
                        {
                            File = definition.Up?.File,
                        }
                    );
            }
        }

        return ValueTask.FromResult<IReadOnlyList<DeploymentMessage>>(findings);
    }

    // Two numbers of versions compare as such. Of others it counts when they were first live here: one that was rolled back to is no newer
    // for that.
    private static bool IsAfter(EnvironmentLedger ledger, VerifiedRelease live, string version)
    {
        if (Number(live.Evidence.Release.Version) is { } current && Number(version) is { } wanted)
            return current >= wanted;

        foreach (var verified in ledger.Verified)
        {
            if (verified.Evidence.Release.Version == version)
                return true;
            if (verified.Evidence.Release.Version == live.Evidence.Release.Version)
                return false;
        }

        return false;
    }

    // A preview of a release is before it.
    private static Version? Number(string version) =>
        Version.TryParse(version, out var number)
            ? new Version(number.Major, number.Minor, Math.Max(number.Build, 0), Math.Max(number.Revision, 0))
            : null;
}
