using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>Takes back scripts that stopped between two statements.</summary>
/// <param name="on">The attempt's connection.</param>
/// <param name="again">The command that goes on once a person has done what only a person can.</param>
/// <param name="finish">Ends a migration all of whose statements are done.</param>
internal sealed class HalfTakenBack(MigrationConnection on, string again, Func<MigrationDefinition, Task> finish)
{
    private DatabaseDialect Dialect => on.Dialect;

    /// <summary>
    /// Takes back what a script had done when it stopped. One that was through is taken for applied, and goes back as others do.
    /// </summary>
    internal async Task ForgetAsync(MigrationAttempt attempt, MigrationDefinition? migration, CancellationToken cancellationToken)
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
                await finish(migration).ConfigureAwait(false);
                return;
            }

            var back = Dialect.WayBackOf([.. statements.Take(done.Count)]);
            if (back.Stuck is { } stuck)
                throw HalfApplied.Stuck(title, attempt.Version, migration.Up, stuck, done.Count, statements.Count, again);
            await TakeBackAsync(attempt, back, statements, connection, cancellationToken).ConfigureAwait(false);
        }

        var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using var end = new TransactionEnd(transaction);
        await on.FindAsync(attempt.Version, transaction, cancellationToken).ConfigureAwait(false);
        await MigrationAttempts.EndAsync(Dialect, connection, transaction, attempt.Version, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        await on.CommitAsync(transaction).ConfigureAwait(false);
    }

    private async Task TakeBackAsync(
        MigrationAttempt attempt,
        StatementsBack back,
        IReadOnlyList<SqlStatement> statements,
        DbConnection connection,
        CancellationToken cancellationToken
    )
    {
        var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (new TransactionEnd(transaction))
        {
            await on.FindAsync(attempt.Version, transaction, cancellationToken).ConfigureAwait(false);
            await StatementProgress
                .BeginAsync(
                    Dialect,
                    connection,
                    transaction,
                    attempt.Version,
                    attempt.Direction,
                    on.Writer,
                    default,
                    goesOn: true,
                    cancellationToken
                )
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

            using var left = new DoneStatements(statements.Take(before));
            await StatementProgress
                .AdvanceAsync(Dialect, connection, null, attempt.Version, on.Writer, left, cancellationToken)
                .ConfigureAwait(false);
            Boundary.Reached($"taken back: statement {before + 1} of {attempt.Version}");
        }
    }
}
