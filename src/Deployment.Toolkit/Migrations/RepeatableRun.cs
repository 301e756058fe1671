using System.Data.Common;
using System.Runtime.ExceptionServices;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Applies repeatable scripts and brings earlier contents back. Such a script may run any number of times, so that one which stopped
/// somewhere is simply run again; where each statement is committed by itself, that it was begun is written before.
/// </summary>
internal sealed class RepeatableRun(
    TargetDatabase database,
    TimeProvider time,
    MigrationSet known,
    WayBackStakes stakes,
    MigrationTransaction transactions
)
{
    private const string Savepoint = "earlier_content";

    private readonly RepeatableNotes _notes = new(database.Dialect, time, known, stakes);

    private DatabaseDialect Dialect => database.Dialect;

    private RepeatableByStatement ByStatement => new(database, time, stakes, _notes);

    /// <returns>Whether it was applied now.</returns>
    internal async Task<bool> ApplyAsync(
        MigrationDefinition migration,
        MigrationConnection on,
        bool keepContents,
        CancellationToken cancellationToken
    )
    {
        var work = WorkOf(migration.Version, MigrationDirection.Up, migration.Up!);
        if (keepContents)
            await on.Notes.PrepareAsync(on, cancellationToken).ConfigureAwait(false);
        if (IsByStatement(migration.Up!))
            return await ByStatement.ApplyAsync(migration, work, on, cancellationToken).ConfigureAwait(false);

        return await transactions
            .InTransactionAsync(
                $"repeat {migration.Version}",
                work,
                on,
                async (connection, transaction) =>
                {
                    var all = await _notes
                        .LookAsync(migration.Version, on, connection, transaction, cancellationToken)
                        .ConfigureAwait(false);
                    if (all.Current(migration.Version) is { } now && now.Checksum == migration.Checksum && !all.IsBegun(migration.Version))
                        return null;

                    var before = keepContents
                        ? await on.Notes.BeforeAsync(on, connection, transaction, cancellationToken).ConfigureAwait(false)
                        : null;
                    var started = time.GetTimestamp();
                    IReadOnlySet<string>? touched = null;
                    await stakes
                        .AccountAsync(
                            on,
                            connection,
                            transaction,
                            migration.Version,
                            migration.Up!.Text,
                            async () =>
                                touched = await transactions
                                    .RunAsync(work, on, connection, transaction, before is not null, cancellationToken)
                                    .ConfigureAwait(false),
                            cancellationToken
                        )
                        .ConfigureAwait(false);
                    var duration = time.GetElapsedTime(started);
                    (string, string)? contents = before is null
                        ? null
                        // What it drops and makes anew under the same name is not added.
                        : (before, await on.Notes.ChangesAsync(on, connection, transaction, null, cancellationToken).ConfigureAwait(false));
                    await _notes
                        .RecordAsync(
                            migration,
                            all,
                            new RepeatableRow { Duration = duration, Contents = contents },
                            on,
                            connection,
                            transaction,
                            cancellationToken
                        )
                        .ConfigureAwait(false);
                    return static () => { };
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Brings the content back that was applied before, or takes away what the script made when there was none.</summary>
    /// <param name="applied">What to take back.</param>
    /// <param name="on">The attempt's connection.</param>
    /// <param name="ensureMayLose">Told what would be lost; throws when that may not be.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether it was taken back now.</returns>
    internal async Task<bool> UndoAsync(
        AppliedMigration applied,
        MigrationConnection on,
        Func<DbConnection, DbTransaction, AppliedMigration, IReadOnlyList<(string Table, long Rows)>, Task> ensureMayLose,
        CancellationToken cancellationToken
    )
    {
        if (applied.DownSql is not { } text)
            throw DeploymentException.NeedsAttention(
                Codes.MigrationWayBackMissing,
                $"Repeatable script {applied.Version} has no way back: its earlier content is not kept, and it has no part behind '-- down'. Bring "
                    + "what it made back by hand, or restore a backup: 'deploy backup list' names them."
            );

        var work = WorkOf(
            applied.Version,
            MigrationDirection.Down,
            new MigrationScript(applied.DownFile ?? applied.Version + ".sql", text)
        );
        if (IsByStatement(work.Script!))
            return await ByStatement.UndoAsync(applied, work, on, ensureMayLose, cancellationToken).ConfigureAwait(false);

        return await transactions
            .InTransactionAsync(
                $"take back {applied.Version}",
                work,
                on,
                async (connection, transaction) =>
                {
                    var all = await _notes.LookAsync(applied.Version, on, connection, transaction, cancellationToken).ConfigureAwait(false);
                    if (all.Last(applied.Version) is not { } last || last.Checksum != applied.Checksum)
                        return null;

                    await _notes
                        .EnsureMayLoseAsync(applied, on, connection, transaction, ensureMayLose, cancellationToken)
                        .ConfigureAwait(false);
                    await BringBackAsync(applied, last, work, on, connection, transaction, ensureMayLose, cancellationToken)
                        .ConfigureAwait(false);
                    await _notes.RemoveAsync(applied, all, last, connection, transaction, cancellationToken).ConfigureAwait(false);
                    return on.CatalogueMayHaveChanged;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    // CREATE OR REPLACE puts not everything in the place of what is there: a view that has lost columns, a function that returns something
    // else.
    private async Task BringBackAsync(
        AppliedMigration applied,
        AppliedRepeatable last,
        MigrationWork work,
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        Func<DbConnection, DbTransaction, AppliedMigration, IReadOnlyList<(string Table, long Rows)>, Task> ensureMayLose,
        CancellationToken cancellationToken
    )
    {
        var down =
            applied.BackTo is not null && last.HasDown && transaction.SupportsSavepoints
                ? await RepeatableHistory
                    .WayBackAsync(Dialect, connection, transaction, last, null, cancellationToken)
                    .ConfigureAwait(false)
                : null;
        if (down is null)
        {
            await RunAsync(work, work.Script!.Text).ConfigureAwait(false);
            return;
        }

        await transaction.SaveAsync(Savepoint, cancellationToken).ConfigureAwait(false);
        try
        {
            await RunAsync(work, work.Script!.Text).ConfigureAwait(false);
            return;
        }
        catch (DeploymentException e) when (e.Messages[0].Code == Codes.MigrationFailed)
        {
            await ReturnAsync(transaction, e, cancellationToken).ConfigureAwait(false);
        }

        on.ForgetCatalogue();
        on.Tell($"{applied.Version}: the earlier content can't be put over what is there, which its own way back takes away first");
        var away = applied with { DownSql = down.Text, DownFile = down.File };
        await _notes.EnsureMayLoseAsync(away, on, connection, transaction, ensureMayLose, cancellationToken).ConfigureAwait(false);
        await RunAsync(WorkOf(applied.Version, MigrationDirection.Down, down), down.Text).ConfigureAwait(false);
        await RunAsync(work, work.Script!.Text).ConfigureAwait(false);

        Task RunAsync(MigrationWork one, string script) =>
            stakes.AccountAsync(
                on,
                connection,
                transaction,
                applied.Version,
                script,
                () => transactions.RunAsync(one, on, connection, transaction, false, cancellationToken),
                cancellationToken
            );
    }

    // Where the session is gone, what failed before says why.
    private static async Task ReturnAsync(DbTransaction transaction, DeploymentException failure, CancellationToken cancellationToken)
    {
        try
        {
            await transaction.RollbackAsync(Savepoint, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private MigrationWork WorkOf(string version, MigrationDirection direction, MigrationScript script)
    {
        var markers = ScriptMarkers.Of(Dialect, script.Text);
        return new MigrationWork(version, direction, script)
        {
            ForeignKeysOff = markers.DisablesForeignKeys,
            ChangesRows = markers.Rows,
            Verifications = direction == MigrationDirection.Up ? markers.Verifications : [],
        };
    }

    private bool IsByStatement(MigrationScript script) => Dialect.CommitsSchemaChanges && Dialect.RunsOutside(script.Text);
}
