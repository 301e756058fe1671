using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// A named lock that a session has. The session is kept awake: the server ends one that is quiet, and so frees the lock of a machine that
/// is gone.
/// </summary>
internal sealed class MySqlHeldLock : IAsyncDisposable
{
    // Three pulses that are missed, and a little.
    private const int QuietSeconds = 70;

    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(20);

    private readonly DbConnection _connection;
    private readonly string _name;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _pulse;
    private Exception? _broken;

    private MySqlHeldLock(DbConnection connection, string name, long session, TimeProvider time)
    {
        (_connection, _name, Session) = (connection, name, session);
        _pulse = KeepAwakeAsync(time);
    }

    /// <summary>The server's session that holds it.</summary>
    internal long Session { get; }

    /// <summary>Lets the server end the session when nothing is heard of it.</summary>
    internal static Task PrepareAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Sql.ExecuteAsync(connection, null, $"SET SESSION wait_timeout = {QuietSeconds}", cancellationToken);

    /// <summary>Takes a lock if nobody has it.</summary>
    internal static async Task<bool> TryAsync(DbConnection connection, string name, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(connection, null, "SELECT GET_LOCK(@name, 0)", cancellationToken, ("@name", name)).ConfigureAwait(false)
            is { } taken
                and not DBNull
        && Convert.ToInt64(taken, CultureInfo.InvariantCulture) == 1;

    /// <summary>Keeps one that was taken; the connection goes with it.</summary>
    internal static async Task<MySqlHeldLock> HoldAsync(
        DbConnection connection,
        string name,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => new(connection, name, await IdOfAsync(connection, cancellationToken).ConfigureAwait(false), time);

    internal static async Task<long> IdOfAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Convert.ToInt64(
            await Sql.ScalarAsync(connection, null, "SELECT CONNECTION_ID()", cancellationToken).ConfigureAwait(false),
            CultureInfo.InvariantCulture
        );

    /// <summary>The session that has a lock; <see langword="null"/> when none has.</summary>
    internal static async Task<long?> HolderAsync(DbConnection connection, string name, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(connection, null, "SELECT IS_USED_LOCK(@name)", cancellationToken, ("@name", name)).ConfigureAwait(false)
            is { } session
                and not DBNull
            ? Convert.ToInt64(session, CultureInfo.InvariantCulture)
            : null;

    internal async Task<bool> IsHeldAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_broken is { } broken)
                throw new InvalidOperationException(broken.Message, broken);
            return await HolderAsync(_connection, _name, cancellationToken).ConfigureAwait(false) == Session;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Frees it and closes the connection: a pool would keep its session, and with it the lock.</summary>
    /// <param name="before">Done while it is still held.</param>
    internal async ValueTask FreeAsync(Func<DbConnection, Task> before)
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _pulse.ConfigureAwait(false);
        try
        {
            await before(_connection).ConfigureAwait(false);
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

    public ValueTask DisposeAsync() => FreeAsync(static _ => Task.CompletedTask);

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
}
