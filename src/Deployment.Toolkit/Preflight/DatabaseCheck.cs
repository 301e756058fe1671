using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Planning;

namespace Deployment.Toolkit.Preflight;

/// <summary>
/// Whether the database is the one that the environment's journal knows: two environments on one, and a new or older file in its place, go
/// unnoticed otherwise.
/// </summary>
internal sealed class DatabaseCheck : PreflightCheck
{
    internal override bool IsOfDatabase => true;

    internal override async ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken)
    {
        if (intention.Parts is not { Database: { } database } parts)
            return [];

        var findings = new List<DeploymentMessage>();
        if (database.Remark() is { } remark)
            findings.Add(remark);
        var found = await KnownAsync(database, parts, intention, intention.Journal, cancellationToken).ConfigureAwait(false);
        if (found is not null && await IsStillAsync(found).ConfigureAwait(false) is { } still)
            findings.Add(still);
        return findings;

        // Without the lock the journal was read before the database: what another process has done in between is in the one and not in the
        // other. Who begins something asks once more under the lock.
        async Task<DeploymentMessage?> IsStillAsync(DeploymentMessage finding)
        {
            if (intention.HasLock)
                return finding;

            // What was seen together with the first answer says nothing of this one.
            await using var afresh = database.LookTogether();
            var now = await intention.Factory.LookAsync(intention.Environment, cancellationToken).ConfigureAwait(false);
            return now.UnderWay is not null && !intention.IsLook
                ? null
                : await KnownAsync(database, parts, intention, now, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task<DeploymentMessage?> KnownAsync(
        TargetDatabase database,
        DeploymentParts parts,
        Intention intention,
        LedgerView journal,
        CancellationToken cancellationToken
    ) =>
        KnownDatabase.FindAsync(
            database,
            journal.Ledger,
            parts.Environment.Name,
            isReplaced: intention.Kind == RunKind.Restore,
            parts.Migrations,
            cancellationToken
        );
}
