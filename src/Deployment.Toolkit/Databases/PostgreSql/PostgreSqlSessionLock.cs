using System.Buffers.Binary;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// An advisory lock of a session. It is asked for again and again rather than waited for: a session that waits inside the server has a
/// snapshot, for whose end CREATE INDEX CONCURRENTLY of the one that holds the lock would wait.
/// </summary>
internal sealed class PostgreSqlSessionLock : SessionLock
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);

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
    /// <param name="history">What the lock is about in the database.</param>
    /// <param name="database">The database's title.</param>
    /// <param name="request">Who wants it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<PostgreSqlSessionLock> TakeAsync(
        DbConnection connection,
        string history,
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
                "SELECT pg_catalog.set_config('application_name', @holder, false), pg_catalog.set_config('tcp_keepalives_idle', '30', false), "
                    + "pg_catalog.set_config('tcp_keepalives_interval', '10', false), pg_catalog.set_config('tcp_keepalives_count', '3', "
                    + "false), CASE WHEN pg_catalog.current_setting('idle_session_timeout', "
                    + "true) IS NOT NULL THEN pg_catalog.set_config('idle_session_timeout', '0', false) END",
                cancellationToken,
                ("@holder", request.Holder)
            )
            .ConfigureAwait(false);
        var key = KeyOf(history);
        var started = request.Time.GetTimestamp();
        string? shown = null;
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (
                await Sql.ScalarAsync(
                        connection,
                        null,
                        "SELECT CASE WHEN pg_catalog.pg_try_advisory_lock(@key) THEN pg_catalog.pg_backend_pid() END",
                        cancellationToken,
                        ("@key", key)
                    )
                    .ConfigureAwait(false)
                is int session
            )
                return new PostgreSqlSessionLock(connection, database, key, session);

            var other = await DescribeAsync(connection, key, cancellationToken).ConfigureAwait(false);
            var left = request.Limit - request.Time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                throw DeploymentException.Failed(
                    Codes.LockTimeout,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Database '{database}' is being migrated by {other}, and still was after {request.Limit.TotalSeconds:0.#} s. Nothing "
                            + $"was changed in it. Wait for that to end, or wait longer with --lock-timeout."
                    )
                );
            if (other != shown)
                request.Waiting(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"database '{database}' is being migrated by {other}; waiting {left.TotalSeconds:0} s at most"
                    )
                );
            shown = other;
            // Jitter keeps many waiters from asking in step.
            await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), request.Time, cancellationToken).ConfigureAwait(false);
        }
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
    private static long KeyOf(string history) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes("deployment.toolkit " + history)));

    private static async Task<string> DescribeAsync(DbConnection connection, long key, CancellationToken cancellationToken)
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
