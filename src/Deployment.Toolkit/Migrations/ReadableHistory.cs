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

    private static async Task<IReadOnlyList<AppliedMigration>> ReadAsync(
        TargetDatabase database,
        MigrationSet known,
        CancellationToken cancellationToken
    )
    {
        if (known.Companions.Count == 0 || !database.Exists)
            return await MigrationHistory.ReadAsync(database, cancellationToken).ConfigureAwait(false);

        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var rows = await MigrationHistory.ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
        foreach (var companion in known.Companions)
            rows = (await companion.CompareAsync(rows, connection, null, cancellationToken).ConfigureAwait(false)).ApplyTo(rows);
        return rows;
    }
}
