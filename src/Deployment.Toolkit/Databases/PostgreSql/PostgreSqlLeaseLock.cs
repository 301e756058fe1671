using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// The lock of those who come by a way that keeps no session: a lease. Each transaction looks, at its end, whether it still holds, and
/// keeps everybody else from taking it until it is committed.
/// </summary>
internal sealed class PostgreSqlLeaseLock : SessionLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly PostgreSqlMigrationLease _lease;
    private readonly PostgreSqlLeaseKeeper _keeper;
    private readonly Func<CancellationToken, Task<DbConnection>> _open;
    private readonly string _database;

    private DbConnection _connection;

    private PostgreSqlLeaseLock(
        DbConnection connection,
        PostgreSqlMigrationLease lease,
        PostgreSqlLeaseKeeper keeper,
        Func<CancellationToken, Task<DbConnection>> open,
        string database
    ) => (_connection, _lease, _keeper, _open, _database) = (connection, lease, keeper, open, database);

    /// <summary>Waits for it.</summary>
    /// <param name="lease">The row.</param>
    /// <param name="keeper">Is to renew it.</param>
    /// <param name="open">Opens a connection.</param>
    /// <param name="database">The database's title.</param>
    /// <param name="request">Who wants it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<PostgreSqlLeaseLock> TakeAsync(
        PostgreSqlMigrationLease lease,
        PostgreSqlLeaseKeeper keeper,
        Func<CancellationToken, Task<DbConnection>> open,
        string database,
        SessionLockRequest request,
        CancellationToken cancellationToken
    )
    {
        var connection = await open(cancellationToken).ConfigureAwait(false);
        long? broken = null;
        try
        {
            await SessionLockWait.UntilTakenAsync(database, request, AskAsync, cancellationToken).ConfigureAwait(false);
            keeper.Start();
            return new PostgreSqlLeaseLock(connection, lease, keeper, open, database);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        async Task<string?> AskAsync()
        {
            try
            {
                connection = await OpenedAsync(connection, open, cancellationToken).ConfigureAwait(false);
                var other = await lease.TryTakeAsync(connection, keeper, request.Holder, cancellationToken).ConfigureAwait(false);
                broken = null;
                return other;
            }
            // A pool that is started anew: nothing was held yet that went with it.
            catch (Exception e) when (e is DbException or InvalidOperationException or DeploymentException)
            {
                broken ??= Stopwatch.GetTimestamp();
                if (connection.State == ConnectionState.Open || Stopwatch.GetElapsedTime(broken.Value) > keeper.Length)
                    throw;
                return "another process";
            }
        }
    }

    internal override string? WhyNotOutside =>
        "the connection leads through a pool that hands out a session of the server for one transaction at a time (PgBouncer with pool_mode = "
        + "transaction), where nothing could keep a statement outside a transaction from being run by two deployments. Name a connection "
        + "string past the pool, or give it a pool with pool_mode = session";

    internal override async Task EnsureHeldAsync(CancellationToken cancellationToken)
    {
        // A connection that broke is not the lease's end.
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(Pause, cancellationToken).ConfigureAwait(false))
        {
            Exception? broke;
            try
            {
                await ReopenAsync(cancellationToken).ConfigureAwait(false);
                if (await _lease.IsHeldAsync(_connection, null, _keeper.Lease, cancellationToken).ConfigureAwait(false))
                    return;
                broke = null;
            }
            catch (Exception e) when (e is DbException or InvalidOperationException or DeploymentException)
            {
                broke = e;
            }

            if (broke is null || _connection.State == ConnectionState.Open || Stopwatch.GetElapsedTime(since) > _keeper.Length)
                throw Lost(broke is null ? _keeper.Fault : Sentence.Of(broke), broke);
        }
    }

    internal override Task EnterAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        _lease.EnterAsync(connection, transaction, cancellationToken);

    internal override async Task EnsureUntilCommitAsync(
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        // What would be checked at the commit could take long, and the lease can't be renewed behind the next line.
        await Sql.ExecuteAsync(connection, transaction, "SET CONSTRAINTS ALL IMMEDIATE", cancellationToken).ConfigureAwait(false);
        if (!await _lease.IsHeldAsync(connection, transaction, _keeper.Lease, cancellationToken).ConfigureAwait(false))
            throw Lost(_keeper.Fault, null);
    }

    public override async ValueTask DisposeAsync()
    {
        _keeper.Dispose();
        try
        {
            await ReopenAsync(CancellationToken.None).ConfigureAwait(false);
            await Sql.ExecuteAsync(_connection, null, _lease.Row.GiveBack(_keeper.Lease), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or DeploymentException)
        {
            // It ends by itself.
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ReopenAsync(CancellationToken cancellationToken) =>
        _connection = await OpenedAsync(_connection, _open, cancellationToken).ConfigureAwait(false);

    private static async Task<DbConnection> OpenedAsync(
        DbConnection connection,
        Func<CancellationToken, Task<DbConnection>> open,
        CancellationToken cancellationToken
    )
    {
        if (connection.State == ConnectionState.Open)
            return connection;

        await connection.DisposeAsync().ConfigureAwait(false);
        return await open(cancellationToken).ConfigureAwait(false);
    }

    private DeploymentException Lost(string? how, Exception? cause) =>
        DeploymentException.NeedsAttention(
            Codes.DatabaseUnavailable,
            $"The lease that keeps others from migrating database '{_database}' ended before it was renewed, so that somebody else may be at it "
                + $"by now{(how is null ? "" : $" ({how.TrimEnd('.')})")}. What was not committed is rolled back, and nothing more was done. See "
                + "that this machine and the server reach each other in time, then run 'deploy resume'.",
            cause
        );
}
