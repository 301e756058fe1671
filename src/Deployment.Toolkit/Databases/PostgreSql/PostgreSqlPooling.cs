using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// Finds a way to the server on which a connection has a session for one transaction at a time, as behind PgBouncer with
/// <c>pool_mode = transaction</c>: what a session holds there, others have too.
/// </summary>
internal static class PostgreSqlPooling
{
    // Others who use the pool can make it look like a session once; hardly as often as this.
    private const int Looks = 3;

    /// <param name="open">Opens a connection.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<bool> SharesSessionsAsync(
        Func<CancellationToken, Task<DbConnection>> open,
        CancellationToken cancellationToken
    )
    {
        await using var one = await open(cancellationToken).ConfigureAwait(false);
        var session = await SessionAsync(one, null, cancellationToken).ConfigureAwait(false);
        var told = ToldSession(one);
        // The number that the server gave with the connection: nothing that hands sessions out is in between.
        if (told == session)
            return false;

        for (var look = 0; look < (told is null ? 1 : Looks); look++)
        {
            // A pool that hands them out in turn.
            if (await SessionAsync(one, null, cancellationToken).ConfigureAwait(false) != session)
                return true;

            // One that hands out what was given back last.
            await using var other = await open(cancellationToken).ConfigureAwait(false);
            await using var transaction = await other.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            // Asked first: where there is but one session, the second question would wait for the transaction's end.
            if (
                await SessionAsync(other, transaction, cancellationToken).ConfigureAwait(false) == session
                || await SessionAsync(one, null, cancellationToken).ConfigureAwait(false) != session
            )
                return true;
        }

        return false;
    }

    private static async Task<long> SessionAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) =>
        Convert.ToInt64(
            await Sql.ScalarAsync(connection, transaction, "SELECT pg_catalog.pg_backend_pid()", cancellationToken).ConfigureAwait(false),
            CultureInfo.InvariantCulture
        );

    /// <summary>The session's number as the driver was told it; <see langword="null"/> where it doesn't say.</summary>
    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2075",
        Justification = "Where the driver has no such property, or it was trimmed away, it is found out by asking the server."
    )]
    private static long? ToldSession(DbConnection connection)
    {
        try
        {
            return
                connection.GetType().GetProperty("ProcessID", BindingFlags.Public | BindingFlags.Instance)?.GetValue(connection)
                    is int session
                ? session
                : null;
        }
        catch (TargetInvocationException)
        {
            // A connection that has none at the moment.
            return null;
        }
    }
}
