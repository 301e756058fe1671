using System.Data.Common;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// Keeps everybody from writing into a database while it can still be read: what is found under it is what there is when it goes.
/// </summary>
internal sealed class PostgreSqlWriteGuard : IAsyncDisposable
{
    private const string Tables =
        "FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND NOT "
        + "c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

    private readonly PostgreSqlSessionLock _lock;
    private DbTransaction? _transaction;

    private PostgreSqlWriteGuard(PostgreSqlSessionLock taken, DbTransaction transaction) => (_lock, _transaction) = (taken, transaction);

    internal bool IsHeld => _transaction is not null;

    /// <summary>The server's process that holds it.</summary>
    internal long Session => _lock.Session;

    /// <summary>Waits until nobody migrates the database and no transaction that wrote is open.</summary>
    /// <param name="taken">The lock that keeps others from migrating; it goes with this.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<PostgreSqlWriteGuard> TakeAsync(PostgreSqlSessionLock taken, CancellationToken cancellationToken)
    {
        var transaction = await taken.Connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Sql.ExecuteAsync(
                    taken.Connection,
                    transaction,
                    "SELECT pg_catalog.set_config(name, '0', true) FROM pg_catalog.pg_settings WHERE name IN "
                        + "('idle_in_transaction_session_timeout', 'transaction_timeout', 'statement_timeout')",
                    cancellationToken
                )
                .ConfigureAwait(false);
            // Also the journals': nothing is appended any more that would not come along.
            await LockAsync(taken.Connection, transaction, "true", cancellationToken).ConfigureAwait(false);
            return new PostgreSqlWriteGuard(taken, transaction);
        }
        catch
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Locks every table against writing, for as long as the transaction lasts; they can be read.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="which">Which tables, as SQL about <c>c</c> and its schema <c>n</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task LockAsync(
        DbConnection connection,
        DbTransaction transaction,
        string which,
        CancellationToken cancellationToken
    )
    {
        if (
            await Sql.ScalarAsync(
                    connection,
                    transaction,
                    "SELECT string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ', ' ORDER BY n.nspname, c.relname) "
                        + $"{Tables} AND {which}",
                    cancellationToken
                )
                .ConfigureAwait(false)
            is string tables
        )
            await Sql.ExecuteAsync(
                    connection,
                    transaction,
                    $"SET LOCAL lock_timeout = '30s'; LOCK TABLE {tables} IN EXCLUSIVE MODE; SET LOCAL lock_timeout TO DEFAULT",
                    cancellationToken
                )
                .ConfigureAwait(false);
    }

    /// <summary>Throws where somebody made a table since it was taken: what is in it is in no copy.</summary>
    internal async Task EnsureNothingNewAsync(CancellationToken cancellationToken)
    {
        if (
            await Sql.ScalarAsync(
                    _lock.Connection,
                    _transaction,
                    $"SELECT string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ', ' ORDER BY n.nspname, c.relname) {Tables} AND NOT EXISTS "
                        + "(SELECT FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'relation' AND l.relation = c.oid AND l.mode = 'ExclusiveLock' "
                        + "AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()) "
                        + "AND l.pid = pg_catalog.pg_backend_pid() AND l.granted)",
                    cancellationToken
                )
                .ConfigureAwait(false)
            is string made
        )
            throw new InvalidOperationException($"somebody made {made} while what the database holds was copied");
    }

    /// <summary>Ends it, and throws when it did not hold until then.</summary>
    internal async Task LetGoAsync(CancellationToken cancellationToken)
    {
        await Sql.ScalarAsync(_lock.Connection, _transaction, "SELECT 1", cancellationToken).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_transaction is null)
            return;

        try
        {
            await _transaction.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            // The session has ended, and what it held with it.
        }

        _transaction = null;
        await _lock.DisposeAsync().ConfigureAwait(false);
    }
}
