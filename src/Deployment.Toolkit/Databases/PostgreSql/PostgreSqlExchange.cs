using System.Data.Common;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// Gives a database another one's name, in one transaction: whoever looks sees the one or the other, also when this process, or the server,
/// ends in the middle.
/// </summary>
/// <param name="cluster">The server.</param>
/// <param name="maintenance">A connection to neither of them.</param>
/// <param name="guard">A session of the database that goes, which keeps others from writing until all are gone.</param>
internal sealed class PostgreSqlExchange(PostgreSqlCluster cluster, DbConnection maintenance, PostgreSqlWriteGuard guard)
{
    private const string ObjectInUse = "55006";
    private const int Tries = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // The server gives a rename that waits for sessions to end five seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Ends whoever has the live database open, and changes the names.</summary>
    /// <param name="live">The database that goes.</param>
    /// <param name="made">The one that comes.</param>
    /// <param name="before">The name that the first gets.</param>
    /// <param name="remark">What is said of it there.</param>
    /// <param name="cancellationToken">Cancels until the names are changed.</param>
    internal async Task RunAsync(string live, string made, string before, string remark, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await TryAsync(live, made, before, remark, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (DbException e) when (e.SqlState == ObjectInUse && attempt < Tries && guard.IsHeld)
            {
                // Somebody's session took longer to end than the server waits.
            }
        }
    }

    private async Task TryAsync(string live, string made, string before, string remark, CancellationToken cancellationToken)
    {
        await using var connection = await cluster.OpenMaintenanceAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var session = (int)
            (
                await Sql.ScalarAsync(connection, transaction, "SELECT pg_catalog.pg_backend_pid()", cancellationToken)
                    .ConfigureAwait(false)
            )!;
        // From when it has the database until the transaction ends nobody new gets in; it waits for those who are inside.
        var rename = RenameAsync(connection, transaction, live, before, cancellationToken);
        try
        {
            await EmptyAsync(live, session, rename, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await ((Task)rename).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await rename.ConfigureAwait(false);
        await RenameAsync(connection, transaction, made, live, cancellationToken).ConfigureAwait(false);
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"COMMENT ON DATABASE {PostgreSqlNames.QuotePart(before)} IS '{remark.Replace("'", "''", StringComparison.Ordinal)}'",
                cancellationToken
            )
            .ConfigureAwait(false);
        Boundary.Reached("restore: renamed, not committed");
        cancellationToken.ThrowIfCancellationRequested();
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        Boundary.Reached("restore: swapped");
    }

    /// <summary>Ends everybody's sessions, the guard's last: until then nobody could commit.</summary>
    private async Task EmptyAsync(string live, int renaming, Task rename, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (
                await IsClosedAsync(live, renaming, cancellationToken).ConfigureAwait(false)
                && await PostgreSqlSessions.EndAsync(maintenance, live, [guard.Session], cancellationToken).ConfigureAwait(false) == 0
            )
                break;
            // It says why, or that it took too long.
            if (rename.IsCompleted || TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                await rename.ConfigureAwait(false);
                throw new InvalidOperationException($"sessions of database '{live}' do not end");
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }

        Boundary.Reached("restore: others ended");
        await guard.EnsureNothingNewAsync(cancellationToken).ConfigureAwait(false);
        await guard.LetGoAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsClosedAsync(string live, int renaming, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(
                maintenance,
                null,
                "SELECT 1 FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_database AS d ON d.oid = l.objid WHERE l.locktype = "
                    + "'object' AND l.classid = 'pg_catalog.pg_database'::regclass AND l.mode = 'AccessExclusiveLock' AND l.granted AND "
                    + "l.pid = @session AND d.datname = @live",
                cancellationToken,
                ("@session", renaming),
                ("@live", live)
            )
            .ConfigureAwait(false)
            is not null;

    private static Task RenameAsync(
        DbConnection connection,
        DbTransaction transaction,
        string from,
        string to,
        CancellationToken cancellationToken
    ) =>
        Sql.ExecuteAsync(
            connection,
            transaction,
            $"ALTER DATABASE {PostgreSqlNames.QuotePart(from)} RENAME TO {PostgreSqlNames.QuotePart(to)}",
            cancellationToken
        );
}
