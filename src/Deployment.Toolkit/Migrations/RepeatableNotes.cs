using System.Data.Common;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>What the history says of repeatable scripts, read and written within one transaction.</summary>
internal sealed class RepeatableNotes(DatabaseDialect dialect, TimeProvider time, MigrationSet known, WayBackStakes stakes)
{
    // Also looks whether this process's turn is over.
    internal async Task<AppliedRepeatables> LookAsync(
        string version,
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        await on.FindAsync(version, transaction, cancellationToken).ConfigureAwait(false);
        if (!dialect.CommitsSchemaChanges)
            await RepeatableHistory.EnsureAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
        await RepeatableRows.EnsureFenceAsync(dialect, connection, transaction, on.Writer, cancellationToken).ConfigureAwait(false);
        return await RepeatableHistory.ReadAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
    }

    internal async Task RecordAsync(
        MigrationDefinition migration,
        AppliedRepeatables all,
        RepeatableRow row,
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var current = all.Current(migration.Version);
        var back =
            current is { HasText: true }
                ? await RepeatableHistory
                    .WayBackAsync(dialect, connection, transaction, current, current, cancellationToken)
                    .ConfigureAwait(false)
            : current is null ? migration.Down
            : null;
        var atStake = await stakes
            .NoteAsync(on, connection, transaction, migration.GoingBackBy(back), cancellationToken)
            .ConfigureAwait(false);
        await RepeatableRows.PruneAsync(dialect, connection, transaction, all, migration.Version, cancellationToken).ConfigureAwait(false);
        await RepeatableHistory
            .InsertAsync(
                dialect,
                connection,
                transaction,
                migration,
                on.Writer,
                time.GetUtcNow(),
                row with
                {
                    AtStake = atStake,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    internal Task RemoveAsync(
        AppliedMigration applied,
        AppliedRepeatables all,
        AppliedRepeatable last,
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var target = applied.BackTo is { } checksum ? all.Below(last, checksum) : null;
        return RepeatableRows.RemoveAsync(dialect, connection, transaction, all.After(applied.Version, target).ToList(), cancellationToken);
    }

    internal async Task EnsureMayLoseAsync(
        AppliedMigration applied,
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        Func<DbConnection, DbTransaction, AppliedMigration, IReadOnlyList<(string Table, long Rows)>, Task> ensureMayLose,
        CancellationToken cancellationToken
    )
    {
        var catalogue = await on.CatalogueAsync(transaction, cancellationToken).ConfigureAwait(false);
        var losses = await WayBackStakes
            .MeasureAsync(connection, transaction, catalogue, applied, known, cancellationToken)
            .ConfigureAwait(false);
        if (losses.Count > 0)
            await ensureMayLose(connection, transaction, applied, losses).ConfigureAwait(false);
    }
}
