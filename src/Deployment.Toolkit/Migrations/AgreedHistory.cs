using System.Data.Common;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// The history, once the journal counts on what other tools did beside it: a binary that hasn't their migrations can't ask them, and would
/// find the database older than the journal says, and no way back.
/// </summary>
internal static class AgreedHistory
{
    /// <summary>Takes into it what they have applied or taken back. A database on which all agree is only read.</summary>
    /// <exception cref="DeploymentException">The database can't be read or written.</exception>
    internal static async Task EnsureAsync(
        TargetDatabase database,
        MigrationSet known,
        MigrationWriter writer,
        SessionLockRequest request,
        CancellationToken cancellationToken
    )
    {
        if (known.Companions.Count == 0 || !database.Exists)
            return;

        try
        {
            if (await AgreeAsync(database, known, cancellationToken).ConfigureAwait(false))
                return;

            await using var on = new MigrationConnection(database, known, request.Time, writer, request);
            await on.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
            await on.AgreeAsync(transaction, cancellationToken).ConfigureAwait(false);
            await on.CommitAsync(transaction).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            throw new DeploymentException(DeploymentOutcome.NeedsAttention, [database.Dialect.FaultOf(e, database.Title)], e);
        }
    }

    /// <summary>Reads it, and writes into it what was missing or too much.</summary>
    /// <returns>It, and whether all agreed before.</returns>
    internal static async Task<(IReadOnlyList<AppliedMigration> Rows, bool Agreed)> ReadAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        MigrationSet known,
        MigrationWriter writer,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var rows = await MigrationHistory.ReadAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
        var agreed = true;
        foreach (var companion in known.Companions)
        {
            var difference = await companion.CompareAsync(rows, connection, transaction, cancellationToken).ConfigureAwait(false);
            await difference.WriteAsync(dialect, connection, transaction, writer, at, cancellationToken).ConfigureAwait(false);
            agreed &= difference.IsNone;
            rows = difference.ApplyTo(rows);
        }

        return (rows, agreed);
    }

    private static async Task<bool> AgreeAsync(TargetDatabase database, MigrationSet known, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        var rows = await MigrationHistory.ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
        foreach (var companion in known.Companions)
        {
            if (!(await companion.CompareAsync(rows, connection, null, cancellationToken).ConfigureAwait(false)).IsNone)
                return false;
        }

        return true;
    }
}
