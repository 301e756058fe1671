using System.Buffers.Binary;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>An advisory lock of a session.</summary>
internal sealed class PostgreSqlSessionLock : SessionLock
{
    private readonly DbConnection _connection;
    private readonly string _database;
    private readonly long _key;

    private PostgreSqlSessionLock(DbConnection connection, string database, long key, int session) =>
        (_connection, _database, _key, Session) = (connection, database, key, session);

    /// <summary>The server's process that holds it.</summary>
    internal int Session { get; }

    internal DbConnection Connection => _connection;

    internal Task<bool> IsHeldAsync(CancellationToken cancellationToken) =>
        PostgreSqlJournalLock.IsHeldAsync(_connection, _key, isOwn: true, cancellationToken);

    /// <summary>Waits for it.</summary>
    /// <param name="connection">The connection to hold it on, which goes with the lock.</param>
    /// <param name="lease">What the lock is about in the database, and whose turn it is of those who have no session.</param>
    /// <param name="database">The database's title.</param>
    /// <param name="request">Who wants it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<PostgreSqlSessionLock> TakeAsync(
        DbConnection connection,
        PostgreSqlMigrationLease lease,
        string database,
        SessionLockRequest request,
        CancellationToken cancellationToken
    )
    {
        // Others see who holds it; the server misses a machine that is gone within a minute; and no setting of the server ends a session
        // that is quiet for as long as a migration takes.
        await Sql.ScalarAsync(
                connection,
                null,
                "SELECT pg_catalog.set_config('application_name', @holder, false), CASE WHEN "
                    + "pg_catalog.current_setting('idle_session_timeout', true) IS NOT NULL THEN pg_catalog.set_config('idle_session_timeout', '0', "
                    + $"false) END, {PostgreSqlKeepAlive.Settings}",
                cancellationToken,
                ("@holder", request.Holder)
            )
            .ConfigureAwait(false);
        var session = 0;
        await SessionLockWait
            .UntilTakenAsync(
                database,
                request,
                async () =>
                {
                    if (
                        await Sql.ScalarAsync(
                                connection,
                                null,
                                "SELECT CASE WHEN pg_catalog.pg_try_advisory_lock(@key) THEN pg_catalog.pg_backend_pid() END",
                                cancellationToken,
                                ("@key", lease.Key)
                            )
                            .ConfigureAwait(false)
                        is not int own
                    )
                        return await DescribeAsync(connection, lease.Key, cancellationToken).ConfigureAwait(false);

                    session = own;
                    // Who comes by a way that keeps no session may have a lease.
                    if (
                        await lease.TryTakeAsync(connection, null, request.Holder, cancellationToken).ConfigureAwait(false) is not { } other
                    )
                        return null;

                    await Sql.ExecuteAsync(
                            connection,
                            null,
                            "SELECT pg_catalog.pg_advisory_unlock(@key)",
                            cancellationToken,
                            ("@key", lease.Key)
                        )
                        .ConfigureAwait(false);
                    return other;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return new PostgreSqlSessionLock(connection, database, lease.Key, session);
    }

    internal override async Task EnsureHeldAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await IsHeldAsync(cancellationToken).ConfigureAwait(false))
                return;
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            throw Lost(Sentence.Of(e), e);
        }

        throw Lost("its session has the lock no more.", null);
    }

    public override ValueTask DisposeAsync() => new(ReleaseAsync(_connection));

    /// <summary>Closes a connection that may have the lock: a pool would keep its session, and with it the lock.</summary>
    internal static async Task ReleaseAsync(DbConnection connection)
    {
        try
        {
            await Sql.ExecuteAsync(connection, null, "SELECT pg_catalog.pg_advisory_unlock_all(); RESET ALL", CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            // It is gone, and the lock with it.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private DeploymentException Lost(string how, Exception? cause) =>
        DeploymentException.NeedsAttention(
            Codes.DatabaseUnavailable,
            $"The connection that keeps others from migrating database '{_database}' is gone, so that somebody else may be at it by now: {how} "
                + $"Nothing more was done. See that the server is there, then run 'deploy resume'.",
            cause
        );

    // Advisory locks are a database's own; within one it is the history that counts.
    internal static long KeyOf(string history) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes("deployment.toolkit " + history)));

    internal static async Task<string> DescribeAsync(DbConnection connection, long key, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            connection,
            null,
            "SELECT a.pid, a.application_name, host(a.client_addr) FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_stat_activity AS a ON "
                + "a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid::bigint = @high AND "
                + "l.objid::bigint = @low AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
                + "pg_catalog.current_database())",
            ("@high", (long)(uint)(key >> 32)),
            ("@low", (long)(uint)key)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            return "another process";

        var name = reader.IsDBNull(1) || reader.GetString(1).Length == 0 ? "another process" : $"'{reader.GetString(1)}'";
        var address = reader.IsDBNull(2) ? "" : $" from {reader.GetString(2)}";
        return string.Create(CultureInfo.InvariantCulture, $"{name}{address} (server process {reader.GetInt32(0)})");
    }
}
