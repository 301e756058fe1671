using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// How far the journal was when a migration was applied, in the history's rows, and in the last of them how far it was when a run
/// succeeded: the database misses what is cut off from the journal. Histories from before this was kept get the columns at the next write.
/// </summary>
internal static class HistoryHead
{
    internal static string[] ColumnsOf(HistoryTypes types) => [$"head_records {types.Integer}", $"head_hash {types.Text}"];

    internal static Task<bool> IsKeptAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => dialect.HasColumnAsync(connection, transaction, MigrationHistory.Table, "head_hash", cancellationToken);

    /// <summary>Adds the columns to a history that lacks them.</summary>
    /// <returns>Whether it had them.</returns>
    internal static async Task<bool> EnsureAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        if (await IsKeptAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false))
            return true;

        foreach (var column in ColumnsOf(dialect.Types))
            await Sql.ExecuteAsync(
                    connection,
                    transaction,
                    $"ALTER TABLE {dialect.Own(MigrationHistory.Table)} ADD COLUMN {column}",
                    cancellationToken
                )
                .ConfigureAwait(false);
        return false;
    }

    /// <summary>Notes in the last row how far a journal is now. A database without a row that was written under it is left alone.</summary>
    /// <param name="database">The database.</param>
    /// <param name="journal">Names the journal.</param>
    /// <param name="records">How many records it has.</param>
    /// <param name="hash">The hash of the last of them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task KeepAsync(
        TargetDatabase database,
        string journal,
        long records,
        string hash,
        CancellationToken cancellationToken
    )
    {
        if (!database.Exists)
            return;

        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!await MigrationHistory.ExistsAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false))
            return;

        await using var transaction = await database.Dialect.BeginAsync(connection, cancellationToken).ConfigureAwait(false);
        await EnsureAsync(database.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
        var table = database.Dialect.Own(MigrationHistory.Table);
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"UPDATE {table} SET head_records = @records, head_hash = @hash WHERE sequence = (SELECT last FROM (SELECT max(sequence) AS last "
                    + $"FROM {table}) AS rows_of_it) AND "
                    + $"journal = @journal",
                cancellationToken,
                ("@records", records),
                ("@hash", hash),
                ("@journal", journal)
            )
            .ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        Boundary.Reached("journal's head: kept in the database");
    }
}
