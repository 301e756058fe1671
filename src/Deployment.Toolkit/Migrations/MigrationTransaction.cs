using System.Data.Common;
using System.Diagnostics;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Migrations;

/// <summary>One transaction in which a script or a class runs, with what is looked at before and after it.</summary>
internal sealed class MigrationTransaction(TargetDatabase database, IServiceProvider services, ILogger logger)
{
    /// <param name="moment">For the crash tests.</param>
    /// <param name="work">What is done.</param>
    /// <param name="on">The attempt's connection.</param>
    /// <param name="action">Does it; returns what to remember once it is committed, or nothing when there was nothing to do.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<bool> InTransactionAsync(
        string moment,
        MigrationWork work,
        MigrationConnection on,
        Func<DbConnection, DbTransaction, Task<Action?>> action,
        CancellationToken cancellationToken
    )
    {
        var isDone = false;
        try
        {
            if (work.ForeignKeysOff)
                await SwitchForeignKeysOffAsync(on, work, cancellationToken).ConfigureAwait(false);
            var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
            var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
            await using var end = new TransactionEnd(transaction);
            var remember = await action(connection, transaction).ConfigureAwait(false);
            isDone = true;
            if (remember is null)
                return false;

            // A step that was given up at its timeout must not take effect late.
            cancellationToken.ThrowIfCancellationRequested();
            Boundary.Reached(moment + ": before commit");
            isDone = false;
            await on.CommitAsync(transaction).ConfigureAwait(false);
            isDone = true;
            Boundary.Reached(moment + ": after commit");
            remember();
            on.Place.Leave();
            Telemetry.Count(
                Telemetry.MigrationsApplied,
                new TagList { { "deployment.direction", work.Direction == MigrationDirection.Up ? "up" : "down" } }
            );
            return true;
        }
        // The next holder of a lease ends what the one before left behind, which reads like any broken connection.
        catch (Exception e) when (e is DbException or DeploymentException)
        {
            if (await on.LossBehindAsync(e).ConfigureAwait(false) is { } lost)
                throw lost;
            if (e is not DbException fault)
                throw;
            throw ScriptFailure.OfTransaction(
                database,
                work.Title,
                isDone ? "end its transaction" : "be recorded and committed",
                fault,
                work.Direction
            );
        }
        finally
        {
            if (!isDone || work.MayLeaveSessionState(database.Dialect))
                await on.CloseAsync().ConfigureAwait(false);
        }
    }

    // Inside a transaction that does nothing, and on a connection that others use it would stay.
    private static async Task SwitchForeignKeysOffAsync(MigrationConnection on, MigrationWork work, CancellationToken cancellationToken)
    {
        await on.CloseAsync().ConfigureAwait(false);
        var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (await on.Dialect.SwitchForeignKeysOffAsync(connection, cancellationToken).ConfigureAwait(false) is { } reason)
            throw DeploymentException.Failed(
                Codes.MigrationForeignKeys,
                $"Migration {work.Title} could not switch foreign keys off: {reason}"
            );
    }

    internal static async Task VerifyAsync(
        MigrationWork work,
        ScriptVerification question,
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        object? answer;
        try
        {
            await using var command = Sql.Command(connection, transaction, question.Sql);
            command.CommandTimeout = 0;
            answer = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            throw MigrationRefusal.NotVerified(work, question, $"could not be answered: {Sentence.Of(e)}", e);
        }

        if (!ScriptVerification.IsYes(answer))
            throw MigrationRefusal.NotVerified(work, question, "is not so.", null);
    }

    /// <returns>The tables whose rows it can have changed; <see langword="null"/> when that can't be told.</returns>
    internal async Task<IReadOnlySet<string>?> RunAsync(
        MigrationWork work,
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        bool wantsTouched,
        CancellationToken cancellationToken
    )
    {
        var check = work.ForeignKeysOff
            ? await ForeignKeyCheck.BeginAsync(database.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false)
            : null;
        var names = SqlNames.Of(database.Dialect, work.Script?.Text ?? "");
        IReadOnlySet<string>? touched = null;
        string changed;
        if (work.Script is not null)
        {
            var others = await UnnamedTables
                .OfScriptAsync(on, connection, transaction, names, work.ChangesRows, cancellationToken)
                .ConfigureAwait(false);
            if (wantsTouched && !names.EditsCatalogue)
            {
                var reached = (await on.ReferencesAsync(transaction, cancellationToken).ConfigureAwait(false)).Reach(
                    names.All,
                    static key => key.Acts
                );
                reached.UnionWith(names.All);
                touched = reached;
            }

            await new ScriptRun(database, on).RunAsync(connection, transaction, work, cancellationToken).ConfigureAwait(false);
            if (names.EditsCatalogue)
                on.ForgetCatalogue();
            on.CatalogueMayHaveChanged();
            if (work.MayLeaveSessionState(database.Dialect))
                await database.Dialect.ResetSessionAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
            changed = await others.DifferencesAsync(on, connection, transaction, null, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var references = await on.ReferencesAsync(transaction, cancellationToken).ConfigureAwait(false);
            var others = await UnnamedTables.OfClassAsync(on, connection, transaction, references, cancellationToken).ConfigureAwait(false);
            var dropped = await new ClassRun(services, logger, on)
                .RunAsync(connection, transaction, work, names, cancellationToken)
                .ConfigureAwait(false);
            on.ForgetCatalogue();
            await database.Dialect.ResetSessionAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
            var named = names.All.ToHashSet(database.Dialect.Names);
            // That it names them somewhere says nothing of what a drop did to them.
            named.ExceptWith(
                references.Keys.Where(key => key.ActsOnDelete && dropped.Contains(key.Parent)).Select(static key => key.Child)
            );
            named.UnionWith(work.ChangesRows);
            changed = await others.DifferencesAsync(on, connection, transaction, named, cancellationToken).ConfigureAwait(false);
        }

        if (changed.Length > 0)
            throw MigrationRefusal.OtherRows(work, changed);
        if (
            check is not null
            && await check.DifferencesAsync(connection, transaction, cancellationToken).ConfigureAwait(false) is { Length: > 0 } broken
        )
            throw MigrationRefusal.BrokenReferences(work, broken);
        foreach (var question in work.Verifications)
            await VerifyAsync(work, question, connection, transaction, cancellationToken).ConfigureAwait(false);
        return touched;
    }
}
