using System.Buffers.Binary;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>An advisory lock, which the server frees when the session ends, however it ends.</summary>
internal sealed class PostgreSqlJournalLock : JournalLock
{
    /// <summary>
    /// What the session of a lock is: it commits durably, is not ended for being idle while a migration runs, and is missed soon when its
    /// client is gone.
    /// </summary>
    internal const string Settings =
        "SELECT set_config('statement_timeout', '0', false), set_config('lock_timeout', '10s', false), "
        + "set_config('default_transaction_isolation', 'read committed', false), CASE current_setting('synchronous_commit') WHEN 'off' THEN "
        + "set_config('synchronous_commit', 'on', false) END, CASE WHEN current_setting('idle_session_timeout', true) IS NOT NULL THEN "
        + $"set_config('idle_session_timeout', '0', false) END, {PostgreSqlKeepAlive.Settings}";

    private readonly long _key;
    private readonly PostgreSqlLeaseRow? _row;

    private DbConnection _connection;
    private bool _hasLeases;
    private Func<Task<DbConnection>>? _open;
    private PostgreSqlJournalLocks? _locks;

    private PostgreSqlJournalLock(DbConnection connection, long key, PostgreSqlLeaseRow? row, long session) =>
        (_connection, _key, _row, Session) = (connection, key, row, session);

    internal override DbConnection Connection => _connection;

    // Somebody who comes by a way that keeps no session has a lease instead.
    internal override JournalClaim Claim =>
        _hasLeases ? new(", " + PostgreSqlLeaseRow.Gives(null, default), $" AND {PostgreSqlLeaseRow.IsFree}") : JournalClaim.Nothing;

    internal override async Task PrepareAsync(CancellationToken cancellationToken) =>
        _hasLeases = _row is not null && await _row.HasColumnsAsync(_connection, null, cancellationToken).ConfigureAwait(false);

    /// <summary>The server's process that holds it.</summary>
    internal long Session { get; private set; }

    /// <summary>Lets it follow when another database takes the place of the one that it is in.</summary>
    /// <param name="open">Opens whatever has that one's name.</param>
    /// <param name="locks">Where those are found that this process has.</param>
    internal void Follow(Func<Task<DbConnection>> open, PostgreSqlJournalLocks? locks)
    {
        (_open, _locks) = (open, locks);
        locks?.Add(this);
    }

    /// <summary>Leaves the database, and so gives the lock up.</summary>
    internal async Task LeaveAsync()
    {
        await FreeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Takes it again; where somebody was faster, or the server is gone, it is lost, as whoever writes under it finds.</summary>
    internal async Task ReturnAsync()
    {
        DbConnection? connection = null;
        try
        {
            connection = await _open!().ConfigureAwait(false);
            await Sql.ExecuteAsync(connection, null, Settings, CancellationToken.None).ConfigureAwait(false);
            if (await TryAsync(connection, _key, CancellationToken.None, _row).ConfigureAwait(false) is { } again)
            {
                (_connection, Session) = (connection, again.Session);
                return;
            }
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or IOException or TimeoutException)
        {
            // Told by the first record that is to be written.
        }

        if (connection is not null)
            await connection.DisposeAsync().ConfigureAwait(false);
    }

    internal static long KeyOf(string name) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes("deployment-toolkit journal " + name)));

    internal static async Task<PostgreSqlJournalLock?> TryAsync(
        DbConnection connection,
        long key,
        CancellationToken cancellationToken,
        PostgreSqlLeaseRow? row = null
    ) =>
        await Sql.ScalarAsync(
                connection,
                null,
                "SELECT CASE WHEN pg_try_advisory_lock(@key) THEN pg_backend_pid() END",
                cancellationToken,
                ("@key", key)
            )
            .ConfigureAwait(false)
            is { } session
                and not DBNull
            ? new PostgreSqlJournalLock(connection, key, row, Convert.ToInt64(session, CultureInfo.InvariantCulture))
            : null;

    /// <summary>Whether a session has the lock.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="key">The lock's.</param>
    /// <param name="isOwn">Whether only the session that answers counts.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<bool> IsHeldAsync(DbConnection connection, long key, bool isOwn, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(
                connection,
                null,
                "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM "
                    + "pg_catalog.pg_database WHERE datname = current_database()) AND classid::bigint = @high AND objid::bigint = @low AND "
                    + $"objsubid = 1{(isOwn ? " AND pid = pg_backend_pid()" : "")})",
                cancellationToken,
                ("@high", (long)(uint)(key >> 32)),
                ("@low", (long)(uint)key)
            )
            .ConfigureAwait(false)
            is true;

    /// <summary>Whether a session has the lock, in whichever database of the server.</summary>
    internal static async Task<bool> IsHeldAnywhereAsync(DbConnection connection, long key, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(
                connection,
                null,
                "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND classid::bigint = @high AND "
                    + "objid::bigint = @low AND objsubid = 1)",
                cancellationToken,
                ("@high", (long)(uint)(key >> 32)),
                ("@low", (long)(uint)key)
            )
            .ConfigureAwait(false)
            is true;

    internal override async Task<string?> LostAsync(CancellationToken cancellationToken) =>
        await IsHeldAsync(Connection, _key, isOwn: true, cancellationToken).ConfigureAwait(false) ? null : "left without its lock";

    /// <summary>Frees it, and leaves the connection open: closed, it may only go back to a pool.</summary>
    internal async Task FreeAsync()
    {
        try
        {
            await Sql.ExecuteAsync(Connection, null, "SELECT pg_advisory_unlock(@key)", default, ("@key", _key)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or IOException or TimeoutException)
        {
            // The session has ended, and the lock with it.
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _locks?.Remove(this);
        await FreeAsync().ConfigureAwait(false);
        await Connection.DisposeAsync().ConfigureAwait(false);
    }
}
