using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Planning;

/// <summary>What down scripts would remove that others wrote, told before anything is begun.</summary>
internal static class WayBackLosses
{
    /// <param name="parts">The environment's.</param>
    /// <param name="undo">What is undone, the last one first.</param>
    /// <param name="acceptsDataLoss">Whether that was accepted.</param>
    /// <param name="accept">The command that accepts it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>It as risks.</returns>
    /// <exception cref="DeploymentException">Something would be lost, and that was not accepted.</exception>
    internal static async Task<IReadOnlyList<string>> FindAsync(
        DeploymentParts parts,
        IReadOnlyList<AppliedMigration> undo,
        bool acceptsDataLoss,
        string accept,
        CancellationToken cancellationToken
    )
    {
        var losses = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var titles = new List<string>();
        await using var connection = await parts.Database!.OpenAsync(cancellationToken).ConfigureAwait(false);
        var catalogue = await parts.Database.Dialect.ReadCatalogueAsync(connection, null, null, cancellationToken).ConfigureAwait(false);
        foreach (var undone in undo)
        {
            var row = undone.IsRepeatable
                ? await ReadableHistory.ToUndoAsync(parts.Database, ToPlan(parts.Key, undone), cancellationToken).ConfigureAwait(false)
                    ?? undone
                : undone;
            var lost = await WayBackStakes
                .MeasureAsync(connection, null, catalogue, row, parts.Migrations, cancellationToken)
                .ConfigureAwait(false);
            if (lost.Count > 0)
                titles.Add(parts.Key.Title(row.Title));
            // Two scripts may remove the same rows.
            foreach (var (table, rows) in lost)
                losses[table] = Math.Max(rows, losses.GetValueOrDefault(table));
        }

        if (losses.Count == 0)
            return [];

        var what = $"{DataLoss.Describe([.. losses.Select(static pair => (pair.Key, pair.Value))])} that were written since";
        if (acceptsDataLoss)
            return [$"the way back of {DataLoss.List(titles)} removes {what}; they are kept in a backup"];

        throw DeploymentException.Refused(
            Codes.DataLossNotAccepted,
            $"The way back of {DataLoss.List(titles)} may remove {what}. Nothing was changed. Save them first, then run '{accept}'; the "
                + $"database as it is by then is kept as a backup."
        );
    }

    internal static PlannedMigration ToPlan(DatabaseKey key, AppliedMigration row) =>
        new()
        {
            Version = row.Version,
            Name = row.Name,
            Checksum = row.Checksum,
            HasWayBack = row.DownSql is not null || row.IsClass,
            Before = row.BackTo,
            Database = key.Recorded,
        };
}
