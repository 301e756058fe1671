using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Migrations;

/// <summary>Applies and undoes migrations, each in one transaction with its row of the history.</summary>
internal sealed class MigrationRunner(
    TargetDatabase database,
    IServiceProvider services,
    TimeProvider time,
    MigrationSet known,
    TimeSpan lockTimeout,
    ILogger logger
)
{
    private readonly WayBackStakes _stakes = new(known);
    private readonly MigrationTransaction _transaction = new(database, services, logger);

    /// <summary>The connection for one attempt at a run's migrations; dispose it.</summary>
    /// <param name="writer">On whose behalf.</param>
    /// <param name="waiting">Told whom it waits for.</param>
    internal MigrationConnection Connect(MigrationWriter writer, Action<string> waiting) =>
        new(database, known, time, writer, RequestOf(writer.Run, lockTimeout, time, waiting));

    internal static SessionLockRequest RequestOf(string run, TimeSpan limit, TimeProvider time, Action<string> waiting) =>
        new($"deployment {run} on {Environment.MachineName} ({Environment.ProcessId})", limit, time, waiting);

    /// <summary>Applies one migration unless the history, as it is inside the transaction, has it.</summary>
    /// <param name="migration">What to apply.</param>
    /// <param name="on">The attempt's connection.</param>
    /// <param name="keepContents">Whether to note what the tables hold before and afterwards, for a way back that restores a
    /// backup.</param>
    /// <param name="cancellationToken">Looked at before every statement and before the commit.</param>
    /// <returns>Whether it was applied now.</returns>
    internal async Task<bool> ApplyAsync(
        MigrationDefinition migration,
        MigrationConnection on,
        bool keepContents,
        CancellationToken cancellationToken
    )
    {
        if (migration.IsBatched)
            return await Batches.ApplyAsync(migration, on, cancellationToken).ConfigureAwait(false);
        if (migration.IsRepeatable)
            return await Repeatables.ApplyAsync(migration, on, keepContents, cancellationToken).ConfigureAwait(false);
        if (migration.IsOutsideTransaction && database.Dialect.CommitsSchemaChanges)
            return await ByStatement.ApplyAsync(migration, on, cancellationToken).ConfigureAwait(false);
        if (migration.IsOutsideTransaction)
            return await new OutsideTransaction(database, time)
                .ApplyAsync(migration, on, keepContents, cancellationToken)
                .ConfigureAwait(false);

        var work = new MigrationWork(migration.Title, MigrationDirection.Up, migration.Up)
        {
            Class = migration,
            ForeignKeysOff = migration.ForeignKeysOff,
            ChangesRows = migration.ChangesRows,
            Verifications = migration.Markers.Verifications,
        };
        if (keepContents)
            await on.Notes.PrepareAsync(on, cancellationToken).ConfigureAwait(false);
        return await _transaction
            .InTransactionAsync(
                $"migrate {migration.Version}",
                work,
                on,
                async (connection, transaction) =>
                {
                    if (await on.FindAsync(migration.Version, transaction, cancellationToken).ConfigureAwait(false) is not null)
                        return null;

                    var before = keepContents
                        ? await on.Notes.BeforeAsync(on, connection, transaction, cancellationToken).ConfigureAwait(false)
                        : null;
                    var started = time.GetTimestamp();
                    IReadOnlySet<string>? touched = null;
                    await _stakes
                        .AccountAsync(
                            on,
                            connection,
                            transaction,
                            migration.Version,
                            migration.Up?.Text,
                            async () =>
                                touched = await _transaction
                                    .RunAsync(work, on, connection, transaction, before is not null, cancellationToken)
                                    .ConfigureAwait(false),
                            cancellationToken
                        )
                        .ConfigureAwait(false);
                    var duration = time.GetElapsedTime(started);
                    (string, string)? contents = before is null
                        ? null
                        : (
                            before,
                            await on.Notes.ChangesAsync(on, connection, transaction, touched, cancellationToken).ConfigureAwait(false)
                        );
                    var atStake = await _stakes.NoteAsync(on, connection, transaction, migration, cancellationToken).ConfigureAwait(false);
                    await MigrationHistory
                        .InsertAsync(
                            on.Dialect,
                            connection,
                            transaction,
                            migration,
                            on.Writer,
                            time.GetUtcNow(),
                            duration,
                            contents,
                            atStake,
                            cancellationToken
                        )
                        .ConfigureAwait(false);
                    _stakes.Add(migration);
                    return () => on.Added(migration.Version, migration.ToApplied(on.Writer.Run));
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Undoes one migration by the way back that the history keeps, unless it is undone already.</summary>
    /// <param name="applied">What to undo.</param>
    /// <param name="on">The attempt's connection.</param>
    /// <param name="ensureMayLose">Told what would be lost, while nobody else can write; throws when that may not be.</param>
    /// <param name="cancellationToken">Looked at before every statement and before the commit.</param>
    /// <returns>Whether it was undone now.</returns>
    internal async Task<bool> UndoAsync(
        AppliedMigration applied,
        MigrationConnection on,
        Func<DbConnection, DbTransaction, AppliedMigration, IReadOnlyList<(string Table, long Rows)>, Task> ensureMayLose,
        CancellationToken cancellationToken
    )
    {
        if (applied.IsRepeatable)
            return await Repeatables.UndoAsync(applied, on, ensureMayLose, cancellationToken).ConfigureAwait(false);

        var work = WayBack(applied);
        if (work.IsOutsideTransaction && database.Dialect.CommitsSchemaChanges)
            return await ByStatement.UndoAsync(applied, work.Script!, on, ensureMayLose, cancellationToken).ConfigureAwait(false);
        if (work.IsOutsideTransaction)
            return await new OutsideTransaction(database, time)
                .UndoAsync(applied, work.Script!, on, cancellationToken)
                .ConfigureAwait(false);

        return await _transaction
            .InTransactionAsync(
                $"undo {applied.Version}",
                work,
                on,
                async (connection, transaction) =>
                {
                    if (await on.FindAsync(applied.Version, transaction, cancellationToken).ConfigureAwait(false) is not { } row)
                        return null;
                    // Repaired, or applied anew by somebody else, since it was looked at.
                    if (row.DownSql != applied.DownSql || row.Checksum != applied.Checksum)
                        throw DeploymentException.NeedsAttention(
                            Codes.MigrationChanged,
                            $"The history's row of migration {row.Title} was changed while this run went back. Nothing more was undone. "
                                + $"Run 'deploy resume'."
                        );

                    // Other migrations of this attempt may have added to the account.
                    row = row with
                    {
                        AtStake = await MigrationHistory
                            .AtStakeAsync(on.Dialect, connection, transaction, row.Version, cancellationToken)
                            .ConfigureAwait(false),
                    };
                    var catalogue = await on.CatalogueAsync(transaction, cancellationToken).ConfigureAwait(false);
                    var losses = await WayBackStakes
                        .MeasureAsync(connection, transaction, catalogue, row, known, cancellationToken)
                        .ConfigureAwait(false);
                    if (losses.Count > 0)
                        await ensureMayLose(connection, transaction, row, losses).ConfigureAwait(false);
                    await _stakes
                        .AccountAsync(
                            on,
                            connection,
                            transaction,
                            row.Version,
                            row.DownSql,
                            () => _transaction.RunAsync(work, on, connection, transaction, false, cancellationToken),
                            cancellationToken
                        )
                        .ConfigureAwait(false);
                    await MigrationHistory
                        .DeleteAsync(on.Dialect, connection, transaction, row.Version, cancellationToken)
                        .ConfigureAwait(false);
                    return () => on.Removed(row.Version);
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Takes back what a script outside a transaction may have set before it was cut off, and that it was begun.</summary>
    internal Task ForgetAsync(
        MigrationAttempt attempt,
        MigrationDefinition? known,
        MigrationConnection on,
        string again,
        CancellationToken cancellationToken
    ) =>
        known is { IsBatched: true } batched
            ? Batches.ForgetAsync(
                attempt,
                batched,
                on,
                (connection, transaction, work) => _transaction.RunAsync(work, on, connection, transaction, false, cancellationToken),
                cancellationToken
            )
        : database.Dialect.CommitsSchemaChanges
            ? new HalfTakenBack(on, again, migration => ByStatement.ApplyAsync(migration, on, cancellationToken)).ForgetAsync(
                attempt,
                known,
                cancellationToken
            )
        : new OutsideTransaction(database, time).ForgetAsync(attempt, known, on, cancellationToken);

    private BatchRun Batches => new(database, services, time, _stakes, logger);

    private RepeatableRun Repeatables => new(database, time, known, _stakes, _transaction);

    private StatementByStatement ByStatement => new(database, time, known, _stakes);

    private MigrationWork WayBack(AppliedMigration row)
    {
        if (row.DownSql is { } sql)
        {
            var markers = ScriptMarkers.Of(database.Dialect, sql);
            return new MigrationWork(row.Title, MigrationDirection.Down, new MigrationScript(row.DownFile ?? row.Title + ".down.sql", sql))
            {
                ForeignKeysOff = markers.DisablesForeignKeys,
                ChangesRows = markers.Rows,
                IsOutsideTransaction = markers.IsOutsideTransaction || database.Dialect.RunsOutside(sql),
            };
        }

        return known.Find(row.Version) is { Create: not null } definition && definition.Checksum == row.Checksum
            ? new MigrationWork(row.Title, MigrationDirection.Down, null)
            {
                Class = definition,
                ForeignKeysOff = definition.ForeignKeysOff,
                ChangesRows = definition.ChangesRows,
            }
            : throw DeploymentException.NeedsAttention(
                Codes.MigrationWayBackMissing,
                $"Migration {row.Title} has no way back that this binary could take. Run it with the release that brought the "
                    + $"migration, or restore a backup: 'deploy backup list' names them, 'deploy backup restore NAME{known.Key.Option}' puts one in its "
                    + $"place."
            );
    }
}
