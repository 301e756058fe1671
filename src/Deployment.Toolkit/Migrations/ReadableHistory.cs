using System.Data.Common;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>The history for whoever plans by it: what cannot be read refuses in the product's words.</summary>
internal static class ReadableHistory
{
    /// <summary>What is applied; nothing where the app has no database.</summary>
    /// <exception cref="DeploymentException">The database cannot be read: locked, damaged, no database at all.</exception>
    internal static async Task<IReadOnlyList<AppliedMigration>> OfAsync(
        TargetDatabase? database,
        MigrationSet known,
        CancellationToken cancellationToken
    )
    {
        if (database is null)
            return [];
        // What is no file counts as none that is there yet, which would read like an empty database.
        if (database.InTheWay(isWritten: false) is { } fault)
            throw new DeploymentException(DeploymentOutcome.Refused, [fault]);

        try
        {
            return await ReadAsync(database, known, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            throw new DeploymentException(DeploymentOutcome.Refused, [database.Dialect.FaultOf(e, database.Title)], e);
        }
    }

    /// <summary>What repeatable scripts have left, without their texts.</summary>
    /// <exception cref="DeploymentException">The database cannot be read.</exception>
    internal static async Task<AppliedRepeatables> RepeatablesOfAsync(TargetDatabase? database, CancellationToken cancellationToken)
    {
        try
        {
            return await RepeatableHistory.ReadAsync(database, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            throw new DeploymentException(DeploymentOutcome.Refused, [database!.Dialect.FaultOf(e, database.Title)], e);
        }
    }

    /// <summary>How this binary's migrations and the database stand to each other.</summary>
    /// <exception cref="DeploymentException">The database cannot be read.</exception>
    internal static async Task<SchemaComparison> CompareAsync(
        TargetDatabase? database,
        MigrationSet known,
        CancellationToken cancellationToken
    ) =>
        new(
            known,
            await OfAsync(database, known, cancellationToken).ConfigureAwait(false),
            await RepeatablesOfAsync(database, cancellationToken).ConfigureAwait(false)
        );

    /// <summary>
    /// A repeatable script's row as one to take back: its way back is the text of the content that it goes back to, or its own where there
    /// was none. <see langword="null"/> when the content isn't applied.
    /// </summary>
    internal static async Task<AppliedMigration?> ToUndoAsync(
        TargetDatabase database,
        PlannedMigration planned,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var all = await RepeatableHistory.ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
        if (all.Last(planned.Version) is not { } last || last.Checksum != planned.Checksum)
            return null;

        var target = planned.Before is { } before ? all.Below(last, before) : null;
        var back =
            planned.Before is null || target is not null
                ? await RepeatableHistory
                    .WayBackAsync(database.Dialect, connection, null, last, target, cancellationToken)
                    .ConfigureAwait(false)
                : null;
        var stuck = all.After(planned.Version, target).Select(static row => row.Irreversible).FirstOrDefault(static why => why is not null);
        return new AppliedMigration(last.Version, last.Name, last.Checksum, back?.File, back?.Text, stuck, last.Run, null)
        {
            AtStake = last.AtStake ?? "",
            BackTo = planned.Before,
        };
    }

    private static async Task<IReadOnlyList<AppliedMigration>> ReadAsync(
        TargetDatabase database,
        MigrationSet known,
        CancellationToken cancellationToken
    )
    {
        if (known.Companions.Count == 0 || !database.Exists)
            return await MigrationHistory.ReadAsync(database, cancellationToken).ConfigureAwait(false);

        await using var connection = await database.OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        var rows = await MigrationHistory.ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
        foreach (var companion in known.Companions)
            rows = (await companion.CompareAsync(rows, connection, null, cancellationToken).ConfigureAwait(false)).ApplyTo(rows);
        return rows;
    }
}
