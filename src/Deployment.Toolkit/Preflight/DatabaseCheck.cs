using Deployment.Toolkit.Migrations;

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
        var isReplaced = intention.Kind == RunKind.Restore;
        if (
            await KnownDatabase
                .FindAsync(database, intention.Journal.Ledger, parts.Environment.Name, isReplaced, parts.Migrations, cancellationToken)
                .ConfigureAwait(false) is
            { } finding
        )
            findings.Add(finding);
        return findings;
    }
}
