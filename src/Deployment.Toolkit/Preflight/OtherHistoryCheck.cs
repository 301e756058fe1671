using System.Data.Common;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Preflight;

/// <summary>
/// Whether another tool has run this binary's migrations in a database that has no history of ours: run again they would fail in the
/// middle, or worse, not fail.
/// </summary>
internal sealed class OtherHistoryCheck : PreflightCheck
{
    internal override bool IsOfDatabase => true;

    internal override async ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken)
    {
        if (
            intention is not { Kind: RunKind.Up, Parts: { Database: { Exists: true } database } parts, Draft: { } draft }
            || draft.SchemaBefore.Count > 0
            || draft.Migrations.Count == 0
        )
            return [];

        var findings = new List<DeploymentMessage>();
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
            foreach (var history in OtherHistory.All)
            {
                if (parts.Migrations.Companions.Any(companion => history.IsIn(companion.Table)))
                    continue;
                if (
                    await history.ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false) is { } entries
                    && new OtherHistoryMatch(parts.Migrations, entries).Applied is { Count: > 0 } applied
                )
                    findings.Add(
                        new DeploymentMessage(
                            Codes.DatabaseOfOtherTool,
                            $"{history.Tool} has migrated '{database.Title}': its {entries.Table} has {applied.Count} of this binary's "
                                + $"{parts.Migrations.All.Count} migrations, which would run again. Nothing was begun. Look at 'deploy migrations "
                                + $"baseline --from {history.Key}{parts.Key.Option} --environment {parts.Environment.Name} --dry-run', then let them count with "
                                + $"'deploy migrations baseline --from {history.Key}{parts.Key.Option} --environment {parts.Environment.Name} --reason \"why\"'."
                        )
                    );
            }
        }
        catch (DbException e)
        {
            // Unread it can't be told whether everything would run again.
            findings.Add(database.Dialect.FaultOf(e, database.Title));
        }

        return findings;
    }
}
