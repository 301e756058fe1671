using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>Runs statements that are committed one by one, from the one on at which an earlier attempt stopped.</summary>
internal sealed class StatementRun(TargetDatabase database, MigrationConnection on)
{
    // The same for each of a script's statements.
    private SqlNames? _names;

    private DatabaseDialect Dialect => database.Dialect;

    internal async Task RunAsync(
        string version,
        MigrationWork work,
        MigrationAttempt? earlier,
        DbConnection connection,
        CancellationToken cancellationToken
    )
    {
        var script = work.Script!;
        var statements = Dialect.Read(script.Text).Statements;
        var resumed = await ResumedScript
            .FindAsync(Dialect, earlier, work.Title, script, statements, connection, cancellationToken)
            .ConfigureAwait(false);
        using var done = new DoneStatements([]);
        for (var at = 0; at < statements.Count; at++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // No transaction and no key keeps another that has the lock by now from doing the same.
            await on.EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
            var statement = statements[at];
            on.Place.Enter(work.Title, script, statement);
            done.Add(statement);
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
                        statement.Text,
                        done,
                        isDone,
                        at == resumed.Count ? resumed.Left : null,
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
                    HalfApplied.Left(at, statements.Count),
                    isStuck: work.Direction == MigrationDirection.Up && Dialect.WayBackOf([.. statements.Take(at)]).Stuck is not null
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
        string text,
        DoneStatements done,
        bool isSetAgain,
        string? rest,
        DbConnection connection,
        CancellationToken cancellationToken
    )
    {
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
                .OfScriptAsync(
                    on,
                    connection,
                    transaction,
                    _names ??= SqlNames.Of(Dialect, work.Script!.Text),
                    work.ChangesRows,
                    cancellationToken
                )
                .ConfigureAwait(false);
            await Dialect.ExecuteAsync(connection, transaction, [text], static _ => { }, cancellationToken).ConfigureAwait(false);
            if (
                await others.DifferencesAsync(on, connection, transaction, null, cancellationToken).ConfigureAwait(false) is
                { Length: > 0 } changed
            )
                throw MigrationRefusal.OtherRows(work, changed);
            Boundary.Reached($"statement of {work.Title}: before commit");
            cancellationToken.ThrowIfCancellationRequested();
            await on.CommitAsync(transaction).ConfigureAwait(false);
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
