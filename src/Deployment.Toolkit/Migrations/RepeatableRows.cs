using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>Whose the rows of repeatable scripts are, and which of them go.</summary>
internal static class RepeatableRows
{
    // Of each script so many contents are kept.
    private const int Kept = 20;

    private const string Table = OwnTables.Repeatables;

    /// <summary>Makes every row one of this journal's, under the number of the lock that is held.</summary>
    internal static async Task TakeOverAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        string journal,
        long fence,
        CancellationToken cancellationToken
    )
    {
        if (await OwnTables.HasAsync(dialect, connection, transaction, Table, cancellationToken).ConfigureAwait(false))
            await Sql.ExecuteAsync(
                    connection,
                    transaction,
                    $"UPDATE {dialect.Own(Table)} SET journal = @journal, fence = @fence WHERE journal <> @journal OR fence > @fence",
                    cancellationToken,
                    ("@journal", journal),
                    ("@fence", fence)
                )
                .ConfigureAwait(false);
    }

    /// <summary>Refuses when a later holder of the same journal's lock has written here.</summary>
    internal static async Task EnsureFenceAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        MigrationWriter writer,
        CancellationToken cancellationToken
    )
    {
        var highest = await Sql.ScalarAsync(
                connection,
                transaction,
                $"SELECT max(fence) FROM {dialect.Own(Table)} WHERE journal = @journal",
                cancellationToken,
                ("@journal", writer.Journal)
            )
            .ConfigureAwait(false);
        if (highest is long fence && fence > writer.Fence)
            throw DeploymentException.NeedsAttention(
                Codes.FencedOut,
                $"The database's repeatable scripts were applied under lock number {fence} while this process holds {writer.Fence}. Nothing more "
                    + $"was done. Look at 'deploy status'."
            );
    }

    /// <summary>Takes rows out; the table goes with its last one where that commits nothing.</summary>
    internal static async Task RemoveAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        IEnumerable<AppliedRepeatable> rows,
        CancellationToken cancellationToken
    )
    {
        var isTouched = false;
        foreach (var row in rows)
        {
            isTouched = true;
            await Sql.ExecuteAsync(
                    connection,
                    transaction,
                    $"DELETE FROM {dialect.Own(Table)} WHERE sequence = @sequence",
                    cancellationToken,
                    ("@sequence", row.Sequence)
                )
                .ConfigureAwait(false);
        }

        if (
            isTouched
            && !dialect.CommitsSchemaChanges
            && await Sql.ScalarAsync(connection, transaction, $"SELECT 1 FROM {dialect.Own(Table)} LIMIT 1", cancellationToken)
                .ConfigureAwait(false)
                is null
        )
            await Sql.ExecuteAsync(connection, transaction, $"DROP TABLE {dialect.Own(Table)}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the oldest contents of a script out, of which more are kept than any way back leads to.</summary>
    internal static Task PruneAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        AppliedRepeatables all,
        string version,
        CancellationToken cancellationToken
    )
    {
        var rows = all.Rows.Where(row => row.Version == version).ToList();
        return RemoveAsync(dialect, connection, transaction, rows.Take(rows.Count - Kept + 1), cancellationToken);
    }
}

/// <summary>What is written of a content beside itself.</summary>
internal sealed record RepeatableRow
{
    internal bool IsBegun { get; init; }

    internal TimeSpan Duration { get; init; }

    internal string? AtStake { get; init; }

    internal (string Before, string Changes)? Contents { get; init; }
}
