using System.Data.Common;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>A migration that a database has, and the journal under which it was applied.</summary>
internal sealed record OwnedMigration(string Version, string Journal, string Release, string Run);

/// <summary>Whose a database is: each row of its history names the journal that it was written under.</summary>
internal static class HistoryOwner
{
    internal static async Task<IReadOnlyList<OwnedMigration>> ReadAsync(TargetDatabase database, CancellationToken cancellationToken)
    {
        if (!database.Exists)
            return [];

        await using var connection = await database.OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes every row one of this journal's, under the number of the lock that is held.</summary>
    internal static async Task<IReadOnlyList<OwnedMigration>> TakeAsync(
        TargetDatabase database,
        string journal,
        long fence,
        SessionLockRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!database.Exists)
            return [];

        await using var held = await database.LockAsync(request, cancellationToken).ConfigureAwait(false);
        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var before = await ReadAsync(database.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
        if (before.Count > 0)
        {
            // What it knew of another journal's end says nothing of this one's; and a number from records that are lost would fence out
            // everybody to come.
            await HistoryHead.EnsureAsync(database.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
            await Sql.ExecuteAsync(
                    connection,
                    transaction,
                    $"UPDATE {database.Dialect.Own(MigrationHistory.Table)} SET journal = @journal, fence = @fence, head_records = NULL, head_hash = NULL "
                        + $"WHERE journal <> @journal OR fence > @fence",
                    cancellationToken,
                    ("@journal", journal),
                    ("@fence", fence)
                )
                .ConfigureAwait(false);
        }

        await RepeatableRows
            .TakeOverAsync(database.Dialect, connection, transaction, journal, fence, cancellationToken)
            .ConfigureAwait(false);
        if (held is not null)
            await held.EnsureUntilCommitAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return before;
    }

    private static async Task<IReadOnlyList<OwnedMigration>> ReadAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        if (!await MigrationHistory.ExistsAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false))
            return [];

        await using var command = Sql.LongCommand(
            dialect,
            connection,
            transaction,
            $"SELECT version, journal, {dialect.Quote("release")}, run FROM {dialect.Own(MigrationHistory.Table)} ORDER BY sequence"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<OwnedMigration>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(new OwnedMigration(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        return rows;
    }
}
