using System.Data.Common;
using System.Diagnostics;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Runs a script outside a transaction. It holds only what changes neither schema nor rows and may be done twice (the lexer refuses the
/// rest), so that a row that says "begun" is all that a later attempt needs: it is written before the work and goes in the transaction that
/// writes the history.
/// </summary>
internal sealed class OutsideTransaction(TargetDatabase database, TimeProvider time)
{
    internal async Task<bool> ApplyAsync(
        MigrationDefinition migration,
        MigrationConnection on,
        bool keepContents,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        return await RunAsync(
                migration.Version,
                migration.Title,
                migration.Up!,
                MigrationDirection.Up,
                on,
                (connection, transaction) =>
                    MigrationHistory.InsertAsync(
                        on.Dialect,
                        connection,
                        transaction,
                        migration,
                        on.Writer,
                        time.GetUtcNow(),
                        time.GetElapsedTime(started),
                        keepContents ? (NotedContents.AsLeft, "") : null,
                        "",
                        cancellationToken
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    internal Task<bool> UndoAsync(
        AppliedMigration applied,
        MigrationScript script,
        MigrationConnection on,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            applied.Version,
            applied.Title,
            script,
            MigrationDirection.Down,
            on,
            (connection, transaction) =>
                MigrationHistory.DeleteAsync(on.Dialect, connection, transaction, applied.Version, cancellationToken),
            cancellationToken
        );

    internal async Task ForgetAsync(
        MigrationAttempt attempt,
        MigrationDefinition? known,
        MigrationConnection on,
        CancellationToken cancellationToken
    )
    {
        if (known?.Up is { } script)
            EnsureSame(attempt, known.Title, script, known.UpScript.Statements);
        await on.CloseAsync().ConfigureAwait(false);
        try
        {
            // A way back is for what was done whole. Of what broke off, what it names may be somebody else's and have been there before.
            if (known?.Down is { } down && IsOutside(on.Dialect, down.Text) && IsWhole(attempt, known, on.Dialect))
                await StatementsAsync(null, known.Title, down, MigrationDirection.Down, 0, on, cancellationToken).ConfigureAwait(false);
            else if (known is { Up: not null, IsOutsideTransaction: true })
                await TakeBackAsync(attempt, known, on, cancellationToken).ConfigureAwait(false);
            await using var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
            await on.FindAsync(attempt.Version, transaction, cancellationToken).ConfigureAwait(false);
            await MigrationAttempts
                .EndAsync(
                    on.Dialect,
                    await on.OpenAsync(cancellationToken).ConfigureAwait(false),
                    transaction,
                    attempt.Version,
                    cancellationToken
                )
                .ConfigureAwait(false);
            await MigrationHistory
                .DropIfEmptyAsync(on.Dialect, await on.OpenAsync(cancellationToken).ConfigureAwait(false), transaction, cancellationToken)
                .ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            await on.CommitAsync(transaction).ConfigureAwait(false);
        }
        finally
        {
            await on.CloseAsync().ConfigureAwait(false);
        }
    }

    // What is done is known by its place: where something else stands there by now, the rest is another's.
    private static void EnsureSame(MigrationAttempt earlier, string title, MigrationScript script, IReadOnlyList<SqlStatement> statements)
    {
        if (earlier is { Done: > 0, DoneHash: { } hash } && StatementProgress.HashOf(statements.Take((int)earlier.Done)) != hash)
            throw HalfApplied.Changed(title, earlier.Version, script, (int)earlier.Done);
    }

    private static bool IsWhole(MigrationAttempt attempt, MigrationDefinition known, DatabaseDialect dialect) =>
        !dialect.NotesOutsideProgress || (known.Up is not null && attempt.Done >= known.UpScript.Statements.Count);

    private static bool IsOutside(DatabaseDialect dialect, string script) =>
        ScriptMarkers.Of(dialect, script).IsOutsideTransaction || dialect.RunsOutside(script);

    private async Task<bool> RunAsync(
        string version,
        string title,
        MigrationScript script,
        MigrationDirection direction,
        MigrationConnection on,
        Func<DbConnection, DbTransaction, Task> record,
        CancellationToken cancellationToken
    )
    {
        var moment = direction == MigrationDirection.Up ? $"migrate {version}" : $"undo {version}";
        // Nothing else of this process may have the database open: a change of the journal mode needs it alone.
        await on.CloseAsync().ConfigureAwait(false);
        try
        {
            await on.OpenAsync(cancellationToken).ConfigureAwait(false);
            on.EnsureMayRunOutside(title);
            MigrationAttempt? earlier;
            await using (var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false))
            {
                var isApplied = await on.FindAsync(version, transaction, cancellationToken).ConfigureAwait(false) is not null;
                if (isApplied == (direction == MigrationDirection.Up))
                    return false;

                earlier = await MigrationAttempts
                    .BeginAsync(
                        on.Dialect,
                        await on.OpenAsync(cancellationToken).ConfigureAwait(false),
                        transaction,
                        version,
                        direction,
                        on.Writer,
                        time.GetUtcNow(),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                if (earlier is not null)
                    EnsureSame(earlier, title, script, on.Dialect.Read(script.Text).Statements);
                cancellationToken.ThrowIfCancellationRequested();
                Boundary.Reached(moment + ": before begun");
                await on.CommitAsync(transaction).ConfigureAwait(false);
                Boundary.Reached(moment + ": begun");
            }

            await StatementsAsync(version, title, script, direction, earlier?.Done, on, cancellationToken).ConfigureAwait(false);
            // What it has set for the connection is not what the history is written under.
            if (on.Dialect.LeavesSessionState(script.Text))
                await on.CloseAsync().ConfigureAwait(false);
            await using (var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false))
            {
                // Also looks whether this process's turn is over.
                await on.FindAsync(version, transaction, cancellationToken).ConfigureAwait(false);
                var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
                await MigrationAttempts.EndAsync(on.Dialect, connection, transaction, version, cancellationToken).ConfigureAwait(false);
                await record(connection, transaction).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                Boundary.Reached(moment + ": before commit");
                await on.CommitAsync(transaction).ConfigureAwait(false);
                Boundary.Reached(moment + ": after commit");
            }

            Telemetry.Count(
                Telemetry.MigrationsApplied,
                new TagList { { "deployment.direction", direction == MigrationDirection.Up ? "up" : "down" } }
            );
            return true;
        }
        catch (DbException e)
        {
            throw ScriptFailure.OfTransaction(database, title, "be recorded", e, direction);
        }
        finally
        {
            await on.CloseAsync().ConfigureAwait(false);
        }
    }

    private static async Task TakeBackAsync(
        MigrationAttempt attempt,
        MigrationDefinition migration,
        MigrationConnection on,
        CancellationToken cancellationToken
    )
    {
        var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
        on.EnsureMayRunOutside(migration.Title);
        var statements = migration.UpScript.Statements;
        for (var at = (int)Math.Min(attempt.Done, statements.Count - 1); at >= 0; at--)
            await on
                .Dialect.TakeBackOutsideAsync(
                    connection,
                    statements[at].Text,
                    at < attempt.Done ? EarlierAttempt.Everything : EarlierAttempt.Perhaps,
                    cancellationToken
                )
                .ConfigureAwait(false);
    }

    /// <param name="version">The migration whose progress is noted; <see langword="null"/> when none is.</param>
    /// <param name="title">Its title.</param>
    /// <param name="script">What to run.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="earlier">How many statements an earlier attempt has done; <see langword="null"/> when there was none.</param>
    /// <param name="on">The attempt's connection.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private async Task StatementsAsync(
        string? version,
        string title,
        MigrationScript script,
        MigrationDirection direction,
        long? earlier,
        MigrationConnection on,
        CancellationToken cancellationToken
    )
    {
        var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
        on.EnsureMayRunOutside(title);
        using var done = new DoneStatements([]);
        foreach (var statement in on.Dialect.Read(script.Text).Statements)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // No transaction and no key keeps another that has the lock by now from doing the same.
            await on.EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
            on.Place.Enter(title, script, statement);
            // Of a way back whose progress nobody noted any of its statements may have been done.
            var state =
                version is null ? EarlierAttempt.Perhaps
                : done.Count < earlier ? EarlierAttempt.Everything
                : done.Count == earlier ? EarlierAttempt.Perhaps
                : EarlierAttempt.Nothing;
            try
            {
                await on.Dialect.RunOutsideAsync(connection, statement.Text, state, cancellationToken).ConfigureAwait(false);
                done.Add(statement);
                if (version is not null && on.Dialect.NotesOutsideProgress && done.Count > (earlier ?? 0))
                    await MigrationAttempts.AdvanceAsync(on.Dialect, connection, version, done, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw ScriptFailure.OfStatement(
                    database,
                    title,
                    script,
                    statement,
                    e,
                    static _ => null,
                    direction,
                    direction == MigrationDirection.Up
                        ? "It runs outside a transaction, so what it had done before stays until it is taken back."
                        : "It runs outside a transaction, so what it had done before is done, and the migration is still applied."
                );
            }

            Boundary.Reached($"statement of {title}");
        }

        on.Place.Leave();
    }
}
