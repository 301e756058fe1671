using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Repeats a statement, or a class's batch, until it changes no row. Each time is a transaction of its own, in which it is also noted how
/// many rows are done: after a crash the next attempt goes on behind the last that was committed.
/// </summary>
internal sealed class BatchRun(TargetDatabase database, IServiceProvider services, TimeProvider time, WayBackStakes stakes, ILogger logger)
{
    // What is told is kept in the journal, too, as far as that goes.
    private static readonly TimeSpan ToldEvery = TimeSpan.FromSeconds(2);

    private readonly BatchProgress _progress = new(database.Dialect, time);

    private DatabaseDialect Dialect => database.Dialect;

    /// <returns>Whether it was applied now.</returns>
    internal async Task<bool> ApplyAsync(MigrationDefinition migration, MigrationConnection on, CancellationToken cancellationToken)
    {
        var work = new MigrationWork(migration.Title, MigrationDirection.Up, migration.Up)
        {
            Class = migration,
            ChangesRows = migration.ChangesRows,
            Verifications = migration.Markers.Verifications,
        };
        var started = time.GetTimestamp();
        var isDone = false;
        try
        {
            if (await _progress.BeginAsync(migration, on, cancellationToken).ConfigureAwait(false) is not { } earlier)
            {
                isDone = true;
                return false;
            }

            var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
            await stakes
                .AccountAsync(
                    on,
                    connection,
                    null,
                    migration.Version,
                    migration.Up?.Text,
                    () => RepeatAsync(migration, work, on, earlier, cancellationToken),
                    cancellationToken
                )
                .ConfigureAwait(false);
            await EndAsync(migration, work, on, time.GetElapsedTime(started), cancellationToken).ConfigureAwait(false);
            isDone = true;
            return true;
        }
        catch (Exception e) when (e is DbException or DeploymentException)
        {
            if (await on.LossBehindAsync(e).ConfigureAwait(false) is { } lost)
                throw lost;
            if (e is not DbException fault)
                throw;
            throw ScriptFailure.OfTransaction(database, work.Title, "be recorded", fault, work.Direction);
        }
        finally
        {
            if (!isDone)
                await on.CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Takes back what batches that were cut off have done, as far as the way back does.</summary>
    internal async Task ForgetAsync(
        MigrationAttempt attempt,
        MigrationDefinition migration,
        MigrationConnection on,
        Func<DbConnection, DbTransaction, MigrationWork, Task> run,
        CancellationToken cancellationToken
    )
    {
        var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
        var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using var end = new TransactionEnd(transaction);
        await on.FindAsync(attempt.Version, transaction, cancellationToken).ConfigureAwait(false);
        if (migration.Down is { } down || migration.ClassHasWayBack)
            await run(
                    connection,
                    transaction,
                    new MigrationWork(migration.Title, MigrationDirection.Down, migration.Down)
                    {
                        Class = migration,
                        ChangesRows = migration.Down is null ? migration.ChangesRows : ScriptMarkers.Of(Dialect, migration.Down.Text).Rows,
                    }
                )
                .ConfigureAwait(false);
        else
            on.Tell(
                FormattableString.Invariant($"what {migration.Title} had done of {attempt.Done} rows stays: it has no way back of its own")
            );
        await MigrationAttempts.EndAsync(Dialect, connection, transaction, attempt.Version, cancellationToken).ConfigureAwait(false);
        await MigrationHistory.DropIfEmptyAsync(Dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        await on.CommitAsync(transaction).ConfigureAwait(false);
        await on.CloseAsync().ConfigureAwait(false);
    }

    private async Task RepeatAsync(
        MigrationDefinition migration,
        MigrationWork work,
        MigrationConnection on,
        long done,
        CancellationToken cancellationToken
    )
    {
        var (batches, told, limit) = (0L, time.GetTimestamp(), (long?)null);
        if (done > 0)
            on.Tell(FormattableString.Invariant($"{migration.Title} goes on behind {done:N0} rows"));
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var outcome = await NextAsync(migration, work, on, done, cancellationToken).ConfigureAwait(false);
            if (outcome.Rows == 0)
                break;

            (done, batches) = (done + outcome.Rows, batches + 1);
            // Whoever changes each row once is through by then; who is not will never be.
            if (limit is null || done > limit)
                limit = await _progress.MostAsync(migration, on, cancellationToken).ConfigureAwait(false);
            if (done > limit)
                throw BatchProgress.Endless(migration, done, limit.Value);
            if (time.GetElapsedTime(told) >= ToldEvery)
            {
                on.Tell(FormattableString.Invariant($"{migration.Title}: {done:N0} rows in {batches:N0} batches"));
                told = time.GetTimestamp();
            }

            if (outcome.Pause > TimeSpan.Zero)
                await Task.Delay(outcome.Pause, time, cancellationToken).ConfigureAwait(false);
        }

        on.Tell(FormattableString.Invariant($"{migration.Title}: {done:N0} rows, none is left"));
        on.Place.Leave();
        on.CatalogueMayHaveChanged();
    }

    private async Task<BatchOutcome> NextAsync(
        MigrationDefinition migration,
        MigrationWork work,
        MigrationConnection on,
        long done,
        CancellationToken cancellationToken
    )
    {
        var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
        var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using var end = new TransactionEnd(transaction);
        var outcome = work.Script is { } script
            ? await new BatchStatement(database)
                .RunAsync(migration, work, script, on, connection, transaction, cancellationToken)
                .ConfigureAwait(false)
            : await new ClassRun(services, logger, on).NextAsync(connection, transaction, work, cancellationToken).ConfigureAwait(false);
        if (outcome.Rows <= 0)
            return outcome with { Rows = 0 };

        await _progress
            .AdvanceAsync(migration.Version, done + outcome.Rows, on.Writer, connection, transaction, cancellationToken)
            .ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        Boundary.Reached($"batch of {work.Title}: before commit");
        await on.CommitAsync(transaction).ConfigureAwait(false);
        Boundary.Reached($"batch of {work.Title}: after commit");
        return outcome;
    }

    private async Task EndAsync(
        MigrationDefinition migration,
        MigrationWork work,
        MigrationConnection on,
        TimeSpan took,
        CancellationToken cancellationToken
    )
    {
        var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
        var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using var end = new TransactionEnd(transaction);
        // Also looks whether this process's turn is over.
        await on.FindAsync(migration.Version, transaction, cancellationToken).ConfigureAwait(false);
        foreach (var question in work.Verifications)
            await MigrationTransaction.VerifyAsync(work, question, connection, transaction, cancellationToken).ConfigureAwait(false);
        if (migration.ClassIsBatched)
            await new ClassRun(services, logger, on).VerifyAsync(connection, transaction, work, cancellationToken).ConfigureAwait(false);
        await MigrationAttempts.EndAsync(Dialect, connection, transaction, migration.Version, cancellationToken).ConfigureAwait(false);
        var atStake = await stakes.NoteAsync(on, connection, transaction, migration, cancellationToken).ConfigureAwait(false);
        // What others wrote between two batches can't be told from what it wrote: a way back by backup asks.
        await MigrationHistory
            .InsertAsync(Dialect, connection, transaction, migration, on.Writer, time.GetUtcNow(), took, null, atStake, cancellationToken)
            .ConfigureAwait(false);
        stakes.Add(migration);
        cancellationToken.ThrowIfCancellationRequested();
        Boundary.Reached($"migrate {migration.Version}: before commit");
        await on.CommitAsync(transaction).ConfigureAwait(false);
        Boundary.Reached($"migrate {migration.Version}: after commit");
        on.Added(migration.Version, migration.ToApplied(on.Writer.Run));
        Telemetry.Count(Telemetry.MigrationsApplied, new System.Diagnostics.TagList { { "deployment.direction", "up" } });
    }
}
