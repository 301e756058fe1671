using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// A named lock of a session, GET_LOCK. While it is held the session is kept awake: the server ends one that is quiet, and so frees the
/// lock of a machine that is gone.
/// </summary>
internal sealed class MySqlSessionLock : SessionLock
{
    private readonly MySqlHeldLock _held;
    private readonly string _database;

    private MySqlSessionLock(MySqlHeldLock held, string database) => (_held, _database) = (held, database);

    /// <summary>The server's session that holds it.</summary>
    internal long Session => _held.Session;

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
        await MySqlHeldLock.PrepareAsync(connection, cancellationToken).ConfigureAwait(false);
        var name = NameOf("run", history);
        await WaitAsync(connection, name, database, request, cancellationToken).ConfigureAwait(false);
        await MySqlLockHolder.WriteAsync(connection, request.Holder, cancellationToken).ConfigureAwait(false);
        return new MySqlSessionLock(
            await MySqlHeldLock.HoldAsync(connection, name, request.Time, cancellationToken).ConfigureAwait(false),
            database
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

    /// <summary>Frees a lock and closes the connection: a pool would keep its session, and with it the lock.</summary>
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

    internal Task<bool> IsHeldAsync(CancellationToken cancellationToken) => _held.IsHeldAsync(cancellationToken);

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

    public override ValueTask DisposeAsync() => _held.FreeAsync(MySqlLockHolder.EraseAsync);

    /// <summary>A lock's name is the whole server's, and at most 64 characters long.</summary>
    internal static string NameOf(string kind, string history) =>
        $"deployment_{kind}_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(history)))[..40];

    private static Task WaitAsync(
        DbConnection connection,
        string name,
        string database,
        SessionLockRequest request,
        CancellationToken cancellationToken
    ) =>
        SessionLockWait.UntilTakenAsync(
            database,
            request,
            async () =>
                await MySqlHeldLock.TryAsync(connection, name, cancellationToken).ConfigureAwait(false)
                    ? null
                    : await MySqlLockHolder.DescribeAsync(connection, name, cancellationToken).ConfigureAwait(false),
            cancellationToken
        );

    private DeploymentException Lost(string how, Exception? cause) =>
        DeploymentException.NeedsAttention(
            Codes.DatabaseUnavailable,
            $"The connection that keeps others from migrating database '{_database}' is gone, so that somebody else may be at it by now: {how} "
                + $"Nothing more was done. See that the server is there, then run 'deploy resume'.",
            cause
        );
}
