using System.Data.Common;
using System.Diagnostics;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Runs a script whose statements the database commits one by one. What changes rows is committed together with the note that it is done; of
/// what the database commits itself it is noted before what its objects look like, so that a later attempt can tell what became of it.
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

    /// <summary>
    /// Takes back what a script had done when it stopped. One that was through is taken for applied, and goes back as others do.
    /// </summary>
    internal async Task ForgetAsync(
        MigrationAttempt attempt,
        MigrationDefinition? migration,
        MigrationConnection on,
        CancellationToken cancellationToken
    )
    {
        var title = migration?.Title ?? attempt.Version;
        var statements = migration?.Up is null ? [] : migration.UpScript.Statements;
        var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (attempt.Done > 0 || attempt.Progress?.Sent is not null)
        {
            if (migration?.Up is null)
                throw HalfApplied.Changed(title, attempt.Version, null, (int)attempt.Done);
            var done = await ResumedScript
                .FindAsync(Dialect, attempt, title, migration.Up, statements, connection, cancellationToken)
                .ConfigureAwait(false);
            if (done.Count == statements.Count)
            {
                await ApplyAsync(migration, on, cancellationToken).ConfigureAwait(false);
                return;
            }

            var back = Dialect.WayBackOf([.. statements.Take(done.Count)]);
            if (back.Stuck is { } stuck)
                throw HalfApplied.Stuck(title, attempt.Version, migration.Up, stuck, done.Count, statements.Count);
            await TakeBackAsync(attempt, back, statements, on, connection, cancellationToken).ConfigureAwait(false);
        }

        var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using var end = new TransactionEnd(transaction);
        await on.FindAsync(attempt.Version, transaction, cancellationToken).ConfigureAwait(false);
        await MigrationAttempts.EndAsync(Dialect, connection, transaction, attempt.Version, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task TakeBackAsync(
        MigrationAttempt attempt,
        StatementsBack back,
        IReadOnlyList<SqlStatement> statements,
        MigrationConnection on,
        DbConnection connection,
        CancellationToken cancellationToken
    )
    {
        var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (new TransactionEnd(transaction))
        {
            await on.FindAsync(attempt.Version, transaction, cancellationToken).ConfigureAwait(false);
            await BeginAsync(attempt.Version, attempt.Direction, goesOn: true, on, connection, transaction, cancellationToken)
                .ConfigureAwait(false);
        }

        foreach (var (before, sql) in back.Steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await on.EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await Dialect.RunOutsideAsync(connection, sql, EarlierAttempt.Perhaps, cancellationToken).ConfigureAwait(false);
            }
            // A process that was killed here had taken it back already.
            catch (DbException e) when (Dialect.IsGoneAlready(e)) { }

            await StatementProgress
                .AdvanceAsync(Dialect, connection, null, attempt.Version, on.Writer, [.. statements.Take(before)], cancellationToken)
                .ConfigureAwait(false);
            Boundary.Reached($"taken back: statement {before + 1} of {attempt.Version}");
        }
    }

    private async Task BeginAsync(
        string version,
        MigrationDirection direction,
        bool goesOn,
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        await StatementProgress
            .BeginAsync(Dialect, connection, transaction, version, direction, on.Writer, time.GetUtcNow(), goesOn, cancellationToken)
            .ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
    }

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
                await BeginAsync(version, work.Direction, earlier is not null, on, connection, transaction, cancellationToken)
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
                    () => StatementsAsync(version, work, earlier, on, connection, cancellationToken),
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
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
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

    private async Task StatementsAsync(
        string version,
        MigrationWork work,
        MigrationAttempt? earlier,
        MigrationConnection on,
        DbConnection connection,
        CancellationToken cancellationToken
    )
    {
        var script = work.Script!;
        var statements = Dialect.Read(script.Text).Statements;
        var resumed = await ResumedScript
            .FindAsync(Dialect, earlier, work.Title, script, statements, connection, cancellationToken)
            .ConfigureAwait(false);
        for (var at = 0; at < statements.Count; at++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // No transaction and no key keeps another that has the lock by now from doing the same.
            await on.EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
            var statement = statements[at];
            on.Place.Enter(work.Title, script, statement);
            var isDone = at < resumed.Count;
            var trace = Dialect.TraceOf(statement.Text);
            if (isDone && trace is SessionTrace.IsLost && resumed.Count < statements.Count)
                throw HalfApplied.SessionIsGone(
                    work.Title,
                    version,
                    script,
                    statement,
                    resumed.Count,
                    statements.Count,
                    StatementProgress.HashOf(statements)
                );
            if (isDone && trace is SessionTrace.None)
                continue;
            try
            {
                await StatementAsync(
                        version,
                        work,
                        statements,
                        at,
                        isDone,
                        at == resumed.Count ? resumed.Left : null,
                        on,
                        connection,
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (e is not (OperationCanceledException or DeploymentException))
            {
                throw ScriptFailure.OfStatement(
                    database,
                    work.Title,
                    script,
                    statement,
                    e,
                    static _ => null,
                    work.Direction,
                    HalfApplied.Left(at, statements.Count)
                );
            }

            Boundary.Reached($"statement of {work.Title}");
        }

        on.Place.Leave();
        on.CatalogueMayHaveChanged();
    }

    private async Task StatementAsync(
        string version,
        MigrationWork work,
        IReadOnlyList<SqlStatement> statements,
        int at,
        bool isSetAgain,
        string? rest,
        MigrationConnection on,
        DbConnection connection,
        CancellationToken cancellationToken
    )
    {
        var text = statements[at].Text;
        IReadOnlyList<SqlStatement> done = [.. statements.Take(at + 1)];
        if (isSetAgain)
        {
            await Dialect.RunOutsideAsync(connection, text, EarlierAttempt.Everything, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (Dialect.SharesTransaction(text))
        {
            var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
            await using var end = new TransactionEnd(transaction);
            await StatementProgress
                .AdvanceAsync(Dialect, connection, transaction, version, on.Writer, done, cancellationToken)
                .ConfigureAwait(false);
            on.CatalogueMayHaveChanged();
            var others = await UnnamedTables
                .OfScriptAsync(on, connection, transaction, SqlNames.Of(Dialect, work.Script!.Text), work.ChangesRows, cancellationToken)
                .ConfigureAwait(false);
            await Dialect.ExecuteAsync(connection, transaction, text, cancellationToken).ConfigureAwait(false);
            if (
                await others.DifferencesAsync(on, connection, transaction, null, cancellationToken).ConfigureAwait(false) is
                { Length: > 0 } changed
            )
                throw MigrationRefusal.OtherRows(work, changed);
            Boundary.Reached($"statement of {work.Title}: before commit");
            cancellationToken.ThrowIfCancellationRequested();
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return;
        }

        var state = await Dialect.StateOfAsync(connection, text, cancellationToken).ConfigureAwait(false);
        await StatementProgress.SendAsync(Dialect, connection, version, on.Writer, text, state, cancellationToken).ConfigureAwait(false);
        Boundary.Reached($"statement of {work.Title}: sent");
        await Dialect.RunOutsideAsync(connection, rest ?? text, EarlierAttempt.Nothing, cancellationToken).ConfigureAwait(false);
        Boundary.Reached($"statement of {work.Title}: done");
        await StatementProgress.AdvanceAsync(Dialect, connection, null, version, on.Writer, done, cancellationToken).ConfigureAwait(false);
    }
}
