using System.Data.Common;
using System.Diagnostics;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Runs a script whose statements the database commits one by one. What changes rows is committed together with the note that it is done;
/// of what the database commits itself it is noted before what its objects look like, so that a later attempt can tell what became of it.
/// </summary>
internal sealed class StatementByStatement(TargetDatabase database, TimeProvider time, MigrationSet known, WayBackStakes stakes)
{
    private DatabaseDialect Dialect => database.Dialect;

    internal async Task<bool> ApplyAsync(MigrationDefinition migration, MigrationConnection on, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var work = new MigrationWork(migration.Title, MigrationDirection.Up, migration.Up) { ChangesRows = migration.ChangesRows };
        return await RunAsync(
                migration.Version,
                work,
                on,
                static (_, _, _) => Task.CompletedTask,
                async (connection, transaction) =>
                {
                    var atStake = await stakes.NoteAsync(on, connection, transaction, migration, cancellationToken).ConfigureAwait(false);
                    await MigrationHistory
                        .InsertAsync(
                            Dialect,
                            connection,
                            transaction,
                            migration,
                            on.Writer,
                            time.GetUtcNow(),
                            time.GetElapsedTime(started),
                            null,
                            atStake,
                            cancellationToken
                        )
                        .ConfigureAwait(false);
                    stakes.Add(migration);
                    return () => on.Added(migration.Version, migration.ToApplied(on.Writer.Run));
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    internal Task<bool> UndoAsync(
        AppliedMigration applied,
        MigrationScript script,
        MigrationConnection on,
        Func<DbConnection, DbTransaction, AppliedMigration, IReadOnlyList<(string Table, long Rows)>, Task> ensureMayLose,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            applied.Version,
            new MigrationWork(applied.Title, MigrationDirection.Down, script) { ChangesRows = ScriptMarkers.Of(Dialect, script.Text).Rows },
            on,
            async (connection, transaction, row) =>
            {
                // Repaired, or applied anew by somebody else, since it was looked at.
                if (row!.DownSql != applied.DownSql || row.Checksum != applied.Checksum)
                    throw DeploymentException.NeedsAttention(
                        Codes.MigrationChanged,
                        $"The history's row of migration {row.Title} was changed while this run went back. Nothing more was undone. Run 'deploy "
                            + $"resume'."
                    );

                row = row with
                {
                    AtStake = await MigrationHistory
                        .AtStakeAsync(Dialect, connection, transaction, row.Version, cancellationToken)
                        .ConfigureAwait(false),
                };
                var catalogue = await on.CatalogueAsync(transaction, cancellationToken).ConfigureAwait(false);
                var losses = await WayBackStakes
                    .MeasureAsync(connection, transaction, catalogue, row, known, cancellationToken)
                    .ConfigureAwait(false);
                if (losses.Count > 0)
                    await ensureMayLose(connection, transaction, row, losses).ConfigureAwait(false);
            },
            async (connection, transaction) =>
            {
                await MigrationHistory
                    .DeleteAsync(Dialect, connection, transaction, applied.Version, cancellationToken)
                    .ConfigureAwait(false);
                return () => on.Removed(applied.Version);
            },
            cancellationToken
        );

    private async Task<bool> RunAsync(
        string version,
        MigrationWork work,
        MigrationConnection on,
        Func<DbConnection, DbTransaction, AppliedMigration?, Task> prepare,
        Func<DbConnection, DbTransaction, Task<Action>> record,
        CancellationToken cancellationToken
    )
    {
        var moment = work.Direction == MigrationDirection.Up ? $"migrate {version}" : $"undo {version}";
        var isDone = false;
        try
        {
            MigrationAttempt? earlier;
            var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
            var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
            await using (new TransactionEnd(transaction))
            {
                var row = await on.FindAsync(version, transaction, cancellationToken).ConfigureAwait(false);
                if (row is not null == (work.Direction == MigrationDirection.Up))
                {
                    isDone = true;
                    return false;
                }

                earlier = (
                    await MigrationAttempts.ReadAsync(Dialect, connection, transaction, cancellationToken).ConfigureAwait(false)
                ).FirstOrDefault(attempt => attempt.Version == version && attempt.Direction == work.Direction);
                if (earlier is null)
                    await prepare(connection, transaction, row).ConfigureAwait(false);
                await StatementProgress
                    .BeginAsync(
                        Dialect,
                        connection,
                        transaction,
                        version,
                        work.Direction,
                        on.Writer,
                        time.GetUtcNow(),
                        earlier is not null,
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                Boundary.Reached(moment + ": begun");
            }

            await stakes
                .AccountAsync(
                    on,
                    connection,
                    null,
                    version,
                    work.Script!.Text,
                    () => new StatementRun(database, on).RunAsync(version, work, earlier, connection, cancellationToken),
                    cancellationToken
                )
                .ConfigureAwait(false);
            // What it has set for the connection is not what the history is written under.
            if (work.MayLeaveSessionState(Dialect))
                await on.CloseAsync().ConfigureAwait(false);
            transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
            await using (new TransactionEnd(transaction))
            {
                // Also looks whether this process's turn is over.
                await on.FindAsync(version, transaction, cancellationToken).ConfigureAwait(false);
                connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
                await MigrationAttempts.EndAsync(Dialect, connection, transaction, version, cancellationToken).ConfigureAwait(false);
                var remember = await record(connection, transaction).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                Boundary.Reached(moment + ": before commit");
                await on.CommitAsync(transaction).ConfigureAwait(false);
                Boundary.Reached(moment + ": after commit");
                remember();
            }

            isDone = true;
            Telemetry.Count(
                Telemetry.MigrationsApplied,
                new TagList { { "deployment.direction", work.Direction == MigrationDirection.Up ? "up" : "down" } }
            );
            return true;
        }
        catch (DbException e)
        {
            throw ScriptFailure.OfTransaction(database, work.Title, "be recorded", e, work.Direction);
        }
        finally
        {
            if (!isDone)
                await on.CloseAsync().ConfigureAwait(false);
        }
    }
}
