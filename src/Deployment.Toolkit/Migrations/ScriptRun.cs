using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>Runs a script's statements inside a transaction, in their order.</summary>
internal sealed class ScriptRun(TargetDatabase database, MigrationConnection on)
{
    // Enough that waiting for answers weighs little beside the work, and little enough to look for a cancellation in between.
    private const int MostStatements = 100;
    private const int MostCharacters = 64 * 1024;

    internal async Task RunAsync(
        DbConnection connection,
        DbTransaction transaction,
        MigrationWork work,
        CancellationToken cancellationToken
    )
    {
        var script = work.Script!;
        foreach (var together in Together(on.Dialect.Read(script.Text).Statements))
        {
            cancellationToken.ThrowIfCancellationRequested();
            on.Place.Enter(work.Title, script, together[0], together.Count - 1);
            if (!work.ForeignKeysOff)
                await DropGuard
                    .EnsureHarmlessAsync(on.Dialect, connection, transaction, work.Title, script, together[0], cancellationToken)
                    .ConfigureAwait(false);
            var reached = 0;
            try
            {
                await on
                    .Dialect.ExecuteAsync(
                        connection,
                        transaction,
                        [.. together.Select(static statement => statement.Text)],
                        at => on.Place.Enter(work.Title, script, together[reached = at]),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            }
            // A driver says in exceptions of its own kinds what it can't do with a statement.
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw ScriptFailure.OfStatement(
                    database,
                    work.Title,
                    script,
                    together[reached],
                    e,
                    sql => PrepareError(connection, transaction, sql),
                    work.Direction
                );
            }

            Boundary.Reached($"statement of {work.Title}");
        }
    }

    private IEnumerable<List<SqlStatement>> Together(IReadOnlyList<SqlStatement> statements)
    {
        var together = new List<SqlStatement>();
        var (isOpen, length) = (false, 0);
        foreach (var statement in statements)
        {
            var joins = on.Dialect.IsSentTogether(statement.Text);
            if (together.Count > 0 && !(joins && isOpen && together.Count < MostStatements && length < MostCharacters))
            {
                yield return together;
                (together, length) = ([], 0);
            }

            together.Add(statement);
            (isOpen, length) = (joins, length + statement.Text.Length);
        }

        if (together.Count > 0)
            yield return together;
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
