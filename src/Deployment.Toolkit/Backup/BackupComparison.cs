using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Backup;

/// <summary>Compares what a backup holds with the live database.</summary>
internal sealed class BackupComparison(TargetDatabase database, BackupPackings packings)
{
    /// <summary>Whether the live database holds exactly what the backup holds.</summary>
    internal async Task<bool> HoldsAsync(BackupInfo backup, DbConnection live, CancellationToken cancellationToken)
    {
        var (versions, contents) = await ReadAsync(backup, cancellationToken).ConfigureAwait(false);
        var alike = AlikeOf(backup, contents);
        var now = await MigrationHistory.ReadAsync(database.Dialect, live, null, cancellationToken).ConfigureAwait(false);
        return versions.SequenceEqual(now.Select(static row => row.Version), StringComparer.Ordinal)
            && (await TableContents.TakeAsync(database.Dialect, live, null, cancellationToken).ConfigureAwait(false))
                .Compare(contents, alike)
                .Count == 0;
    }

    // The database as it was and as it comes back of the backup.
    private (TableContents, TableContents)? AlikeOf(BackupInfo backup, TableContents contents) =>
        packings.Unseal(backup.Otherwise, backup) is { } otherwise ? (contents, contents.With(otherwise)) : null;

    private async Task<(IReadOnlyList<string> Versions, TableContents Contents)> ReadAsync(
        BackupInfo backup,
        CancellationToken cancellationToken
    )
    {
        if (packings.Unseal(backup.Contents, backup) is { } noted)
            return (backup.Schema, TableContents.Parse(noted));

        await using var copy = await database.OpenCopyAsync(packings.ToRead(backup), cancellationToken).ConfigureAwait(false);
        var history = await MigrationHistory.ReadAsync(database.Dialect, copy.Connection, null, cancellationToken).ConfigureAwait(false);
        return (
            [.. history.Select(static row => row.Version)],
            await TableContents.TakeAsync(database.Dialect, copy.Connection, null, cancellationToken).ConfigureAwait(false)
        );
    }

    /// <summary>What goes with the live database where a backup takes its place, for people.</summary>
    /// <param name="written">What was written since other than by migrations; <see langword="null"/> when it cannot be told.</param>
    internal static string Loss(IReadOnlyList<(string Table, long Rows)>? written) =>
        written switch
        {
            null => "what may have been written since",
            [] => "what migrations did since",
            _ => DataLoss.Describe(written) + " that were written since",
        };

    /// <summary>
    /// What was written since a backup other than by migrations: tables, with at least how many rows, and what else changed.
    /// </summary>
    /// <returns>That, or <see langword="null"/> when it was not noted and cannot be told.</returns>
    internal async Task<IReadOnlyList<(string Table, long Rows)>?> WrittenSinceAsync(
        BackupInfo backup,
        DbConnection live,
        CancellationToken cancellationToken
    )
    {
        var written = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var (_, seen) = await ReadAsync(backup, cancellationToken).ConfigureAwait(false);
        var alike = AlikeOf(backup, seen);
        // The app writes between any two migrations, and between the backup and the first: only what a migration did itself is left out.
        var applied = (await MigrationHistory.ReadAsync(database.Dialect, live, null, cancellationToken).ConfigureAwait(false)).Where(row =>
            !backup.Schema.Contains(row.Version, StringComparer.Ordinal)
        );
        var repeatables = await RepeatableHistory.ReadAsync(database.Dialect, live, null, cancellationToken).ConfigureAwait(false);
        foreach (var contents in RepeatableContents.Merged(applied, repeatables, backup.TakenAt))
        {
            if (contents is not { } noted)
                return null;
            if (noted.ChangesNothing)
                continue;
            if (noted.Before != seen)
                Add(noted.Before.Compare(seen, alike));
            seen = noted.After;
        }

        Add((await TableContents.TakeAsync(database.Dialect, live, null, cancellationToken).ConfigureAwait(false)).Compare(seen, alike));
        return [.. written.Select(static pair => (pair.Key, pair.Value))];

        void Add(IReadOnlyList<(string Table, long Rows)> more)
        {
            foreach (var (table, rows) in more)
                written[table] = written.GetValueOrDefault(table) + rows;
        }
    }
}
