using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Repeatable scripts where each statement is committed by itself: that one was begun is written before its first statement, and that it
/// was through after its last.
/// </summary>
internal sealed class RepeatableByStatement(TargetDatabase database, TimeProvider time, WayBackStakes stakes, RepeatableNotes notes)
{
    private DatabaseDialect Dialect => database.Dialect;

    internal async Task<bool> ApplyAsync(
        MigrationDefinition migration,
        MigrationWork work,
        MigrationConnection on,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        var isBegun = await WriteAsync(
                $"repeat {migration.Version}: begun",
                work,
                on,
                async (connection, transaction) =>
                {
                    var all = await notes
                        .LookAsync(migration.Version, on, connection, transaction, cancellationToken)
                        .ConfigureAwait(false);
                    if (all.Last(migration.Version) is { IsBegun: false } now && now.Checksum == migration.Checksum)
                        return false;

                    await RepeatableRows
                        .RemoveAsync(Dialect, connection, transaction, Begun(all, migration.Version), cancellationToken)
                        .ConfigureAwait(false);
                    var row = new RepeatableRow { IsBegun = true, AtStake = "" };
                    await RepeatableHistory
                        .InsertAsync(Dialect, connection, transaction, migration, on.Writer, time.GetUtcNow(), row, cancellationToken)
                        .ConfigureAwait(false);
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        if (!isBegun)
            return false;

        await StatementsAsync(work, on, mayBeGone: false, cancellationToken).ConfigureAwait(false);
        return await WriteAsync(
                $"repeat {migration.Version}",
                work,
                on,
                async (connection, transaction) =>
                {
                    var all = await notes
                        .LookAsync(migration.Version, on, connection, transaction, cancellationToken)
                        .ConfigureAwait(false);
                    await RepeatableRows
                        .RemoveAsync(Dialect, connection, transaction, Begun(all, migration.Version), cancellationToken)
                        .ConfigureAwait(false);
                    var row = new RepeatableRow { Duration = time.GetElapsedTime(started) };
                    await notes.RecordAsync(migration, all, row, on, connection, transaction, cancellationToken).ConfigureAwait(false);
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Writes what is noted around statements that are committed by themselves.</summary>
    private async Task<bool> WriteAsync(
        string moment,
        MigrationWork work,
        MigrationConnection on,
        Func<DbConnection, DbTransaction, Task<bool>> write,
        CancellationToken cancellationToken
    )
    {
        var isDone = false;
        try
        {
            var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
            var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
            await using var end = new TransactionEnd(transaction);
            if (await write(connection, transaction).ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Boundary.Reached(moment + ": before commit");
                await on.CommitAsync(transaction).ConfigureAwait(false);
                Boundary.Reached(moment + ": after commit");
                return isDone = true;
            }

            isDone = true;
            return false;
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

    internal async Task<bool> UndoAsync(
        AppliedMigration applied,
        MigrationWork work,
        MigrationConnection on,
        Func<DbConnection, DbTransaction, AppliedMigration, IReadOnlyList<(string Table, long Rows)>, Task> ensureMayLose,
        CancellationToken cancellationToken
    )
    {
        var isThere = false;
        await WriteAsync(
                $"take back {applied.Version}: looked at",
                work,
                on,
                async (connection, transaction) =>
                {
                    var all = await notes.LookAsync(applied.Version, on, connection, transaction, cancellationToken).ConfigureAwait(false);
                    isThere = all.Last(applied.Version)?.Checksum == applied.Checksum;
                    if (isThere)
                        await notes
                            .EnsureMayLoseAsync(applied, on, connection, transaction, ensureMayLose, cancellationToken)
                            .ConfigureAwait(false);
                    return false;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        if (!isThere)
            return false;

        await StatementsAsync(work, on, mayBeGone: true, cancellationToken).ConfigureAwait(false);
        return await WriteAsync(
                $"take back {applied.Version}",
                work,
                on,
                async (connection, transaction) =>
                {
                    var all = await notes.LookAsync(applied.Version, on, connection, transaction, cancellationToken).ConfigureAwait(false);
                    if (all.Last(applied.Version) is { } last)
                        await notes.RemoveAsync(applied, all, last, connection, transaction, cancellationToken).ConfigureAwait(false);
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private async Task StatementsAsync(MigrationWork work, MigrationConnection on, bool mayBeGone, CancellationToken cancellationToken)
    {
        var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
        await stakes.AccountAsync(on, connection, null, work.Title, work.Script!.Text, RunAsync, cancellationToken).ConfigureAwait(false);
        on.Place.Leave();
        on.CatalogueMayHaveChanged();
        if (work.MayLeaveSessionState(Dialect))
            await on.CloseAsync().ConfigureAwait(false);

        async Task RunAsync()
        {
            foreach (var statement in Dialect.Read(work.Script!.Text).Statements)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await on.EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
                on.Place.Enter(work.Title, work.Script, statement);
                try
                {
                    await Dialect
                        .RunOutsideAsync(connection, statement.Text, EarlierAttempt.Perhaps, cancellationToken)
                        .ConfigureAwait(false);
                }
                catch (DbException e) when (mayBeGone && Dialect.IsGoneAlready(e)) { }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    throw ScriptFailure.OfStatement(
                        database,
                        work.Title,
                        work.Script,
                        statement,
                        e,
                        static _ => null,
                        work.Direction,
                        "What it had done until then stays, and it is run from its beginning again."
                    );
                }

                Boundary.Reached($"statement of {work.Title}");
            }
        }
    }

    private static IEnumerable<AppliedRepeatable> Begun(AppliedRepeatables all, string version) =>
        all.Rows.Where(row => row.IsBegun && row.Version == version);
}
