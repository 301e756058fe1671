using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// A named lock of a session, GET_LOCK. It is asked for again and again rather than waited for, so that whoever waits can be told for whom,
/// and can give up. While it is held the session is kept awake: the server ends one that is quiet, and so frees the lock of a machine that is
/// gone.
/// </summary>
internal sealed class MySqlSessionLock : SessionLock
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(20);

    // Three pulses that are missed, and a little.
    private const int QuietSeconds = 70;

    private readonly DbConnection _connection;
    private readonly string _database;
    private readonly string _name;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _pulse;
    private Exception? _broken;

    private MySqlSessionLock(DbConnection connection, string database, string name, long session, TimeProvider time)
    {
        (_connection, _database, _name, Session) = (connection, database, name, session);
        _pulse = KeepAwakeAsync(time);
    }

    /// <summary>The server's session that holds it.</summary>
    internal long Session { get; }

    /// <summary>Waits for it.</summary>
    /// <param name="connection">The connection to hold it on, which goes with the lock.</param>
    /// <param name="history">What the lock is about in the database.</param>
    /// <param name="database">The database's title.</param>
    /// <param name="request">Who wants it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<MySqlSessionLock> TakeAsync(
        DbConnection connection,
        string history,
        string database,
        SessionLockRequest request,
        CancellationToken cancellationToken
    )
    {
        await Sql.ExecuteAsync(connection, null, $"SET SESSION wait_timeout = {QuietSeconds}", cancellationToken).ConfigureAwait(false);
        var name = NameOf("run", history);
        await WaitAsync(connection, name, database, request, cancellationToken).ConfigureAwait(false);
        await MySqlLockHolder.WriteAsync(connection, request.Holder, cancellationToken).ConfigureAwait(false);
        return new MySqlSessionLock(
            connection,
            database,
            name,
            await IdOfAsync(connection, cancellationToken).ConfigureAwait(false),
            request.Time
        );
    }

    /// <summary>
    /// Waits until no session works any more that an earlier holder left behind: the server ends a statement only when it is through, also
    /// when nobody is there to hear of it.
    /// </summary>
    internal static Task GuardAsync(
        DbConnection connection,
        string history,
        string database,
        SessionLockRequest request,
        CancellationToken cancellationToken
    ) => WaitAsync(connection, NameOf("work", history), database, request, cancellationToken);

    /// <summary>Frees what <see cref="GuardAsync"/> took and closes the connection: a pool would keep its session, and with it the lock.</summary>
    internal static async Task ReleaseAsync(DbConnection connection, string kind, string history)
    {
        try
        {
            await Sql.ScalarAsync(connection, null, "SELECT RELEASE_LOCK(@name)", CancellationToken.None, ("@name", NameOf(kind, history)))
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            // It is gone, and the lock with it.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    internal static async Task<long> IdOfAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Convert.ToInt64(
            await Sql.ScalarAsync(connection, null, "SELECT CONNECTION_ID()", cancellationToken).ConfigureAwait(false),
            CultureInfo.InvariantCulture
        );

    internal async Task<bool> IsHeldAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_broken is { } broken)
                throw new InvalidOperationException(broken.Message, broken);
            var holder = await Sql.ScalarAsync(_connection, null, "SELECT IS_USED_LOCK(@name)", cancellationToken, ("@name", _name))
                .ConfigureAwait(false);
            return holder is not (null or DBNull) && Convert.ToInt64(holder, CultureInfo.InvariantCulture) == Session;
        }
        finally
        {
            _turn.Release();
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

    public override async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _pulse.ConfigureAwait(false);
        try
        {
            await MySqlLockHolder.EraseAsync(_connection).ConfigureAwait(false);
            await Sql.ScalarAsync(_connection, null, "SELECT RELEASE_LOCK(@name)", CancellationToken.None, ("@name", _name))
                .ConfigureAwait(false);
            await Sql.ExecuteAsync(_connection, null, "SET SESSION wait_timeout = DEFAULT", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            // It is gone, and the lock with it.
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
        _end.Dispose();
        _turn.Dispose();
    }

    /// <summary>A lock's name is the whole server's, and at most 64 characters long.</summary>
    internal static string NameOf(string kind, string history) =>
        $"deployment_{kind}_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(history)))[..40];

    private async Task KeepAwakeAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(Pulse, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false))
            {
                await _turn.WaitAsync(_end.Token).ConfigureAwait(false);
                try
                {
                    await Sql.ScalarAsync(_connection, null, "SELECT 1", CancellationToken.None).ConfigureAwait(false);
                }
                finally
                {
                    _turn.Release();
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // It is given back.
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            _broken = e;
        }
    }

    private static async Task WaitAsync(
        DbConnection connection,
        string name,
        string database,
        SessionLockRequest request,
        CancellationToken cancellationToken
    )
    {
        var started = request.Time.GetTimestamp();
        string? shown = null;
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var taken = await Sql.ScalarAsync(connection, null, "SELECT GET_LOCK(@name, 0)", cancellationToken, ("@name", name))
                .ConfigureAwait(false);
            if (taken is not (null or DBNull) && Convert.ToInt64(taken, CultureInfo.InvariantCulture) == 1)
                return;

            var other = await MySqlLockHolder.DescribeAsync(connection, name, cancellationToken).ConfigureAwait(false);
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

    private DeploymentException Lost(string how, Exception? cause) =>
        DeploymentException.NeedsAttention(
            Codes.DatabaseUnavailable,
            $"The connection that keeps others from migrating database '{_database}' is gone, so that somebody else may be at it by now: {how} "
                + $"Nothing more was done. See that the server is there, then run 'deploy resume'.",
            cause
        );
}
