using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>Runs a script statement by statement inside a transaction.</summary>
internal sealed class ScriptRun(TargetDatabase database, MigrationConnection on)
{
    internal async Task RunAsync(
        DbConnection connection,
        DbTransaction transaction,
        MigrationWork work,
        CancellationToken cancellationToken
    )
    {
        var script = work.Script!;
        foreach (var statement in on.Dialect.Read(script.Text).Statements)
        {
            cancellationToken.ThrowIfCancellationRequested();
            on.Place.Enter(work.Title, script, statement);
            if (!work.ForeignKeysOff)
                await DropGuard
                    .EnsureHarmlessAsync(on.Dialect, connection, transaction, work.Title, script, statement, cancellationToken)
                    .ConfigureAwait(false);
            try
            {
                await on.Dialect.ExecuteAsync(connection, transaction, statement.Text, cancellationToken).ConfigureAwait(false);
            }
            // A driver says in exceptions of its own kinds what it can't do with a statement.
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw ScriptFailure.OfStatement(
                    database,
                    work.Title,
                    script,
                    statement,
                    e,
                    sql => PrepareError(connection, transaction, sql),
                    work.Direction
                );
            }

            Boundary.Reached($"statement of {work.Title}");
        }
    }

    private static string? PrepareError(DbConnection connection, DbTransaction transaction, string sql)
    {
        try
        {
            using var command = Sql.Command(connection, transaction, sql);
            command.Prepare();
            return null;
        }
        catch (DbException e)
        {
            return e.Message;
        }
    }
}
