using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// The one row that says whose turn it is to migrate a database, for those who come by a way that keeps no session. Who has a session looks
/// at it, too.
/// </summary>
/// <param name="history">The history's table, whose lock it is.</param>
/// <param name="table">The row's table, quoted.</param>
internal sealed class PostgreSqlMigrationLease(string history, string table)
{
    private const string NotPermitted = "42501";
    private const string LockTimeout = "55P03";

    private readonly long _work = PostgreSqlSessionLock.KeyOf("work " + history);

    internal PostgreSqlLeaseRow Row { get; } = new(table, "id = 1");

    /// <summary>The lock of those who have sessions; who takes the lease has it for the moment.</summary>
    internal long Key { get; } = PostgreSqlSessionLock.KeyOf(history);

    /// <summary>Marks a transaction as its holder's work, and bounds it.</summary>
    internal Task EnterAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        Sql.ScalarAsync(
            connection,
            transaction,
            "SELECT pg_catalog.pg_advisory_xact_lock_shared(@work)",
            cancellationToken,
            ("@work", _work)
        );

    /// <summary>Takes the row for a lease, or frees it for a session's lock, unless it is another's.</summary>
    /// <param name="connection">A connection; of a session's lock, that one's.</param>
    /// <param name="keeper">The lease; <see langword="null"/> for a session's lock, which is held already.</param>
    /// <param name="holder">What others are told of who holds it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Who has it; <see langword="null"/> once it is taken.</returns>
    internal async Task<string?> TryTakeAsync(
        DbConnection connection,
        PostgreSqlLeaseKeeper? keeper,
        string holder,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            var isThere = await Row.HasColumnsAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
            // Who only waits doesn't get into the way of others.
            if (isThere && await OtherAsync(connection, transaction, cancellationToken).ConfigureAwait(false) is { } holding)
                return holding;
            if (keeper is null && !isThere)
                return null;
            if (keeper is not null && !await MayTakeAsync(connection, transaction, keeper, cancellationToken).ConfigureAwait(false))
                return await PostgreSqlSessionLock.DescribeAsync(connection, Key, cancellationToken).ConfigureAwait(false);
            if (!isThere)
                await MakeAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
            var other =
                await OtherAsync(connection, transaction, cancellationToken).ConfigureAwait(false)
                ?? await LeftBehindAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
            if (other is not null)
                return other;
            await using var take = Sql.Command(
                connection,
                transaction,
                $"UPDATE {table} SET fence = fence + 1, holder = @holder, {PostgreSqlLeaseRow.Gives(keeper?.Lease, keeper?.Length ?? default)} WHERE "
                    + $"{Row.Which} AND {PostgreSqlLeaseRow.IsFree}",
                ("@holder", holder)
            );
            if (await take.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 0)
                return "another process";

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        // Its holder is about to commit.
        catch (DbException e) when (e.SqlState == LockTimeout)
        {
            return "another process";
        }
    }

    /// <summary>Whether it is still a lease's. Within a transaction it stays so until that ends.</summary>
    internal async Task<bool> IsHeldAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string lease,
        CancellationToken cancellationToken
    ) =>
        await Sql.ScalarAsync(
                connection,
                transaction,
                $"SELECT true FROM {table} WHERE {Row.Which} AND {PostgreSqlLeaseRow.IsHeldBy(lease)}{(transaction is null ? "" : " FOR SHARE")}",
                cancellationToken
            )
            .ConfigureAwait(false)
            is true;

    private async Task<bool> MayTakeAsync(
        DbConnection connection,
        DbTransaction transaction,
        PostgreSqlLeaseKeeper keeper,
        CancellationToken cancellationToken
    ) =>
        await Sql.ScalarAsync(
                connection,
                transaction,
                $"SELECT {PostgreSqlLeaseLimits.Set(keeper.Length)} AND pg_catalog.pg_try_advisory_xact_lock(@key)",
                cancellationToken,
                ("@key", Key)
            )
            .ConfigureAwait(false)
            is true;

    // Under the key, so that nobody else makes it at the same time.
    private async Task MakeAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"CREATE TABLE IF NOT EXISTS {table} (id int PRIMARY KEY, fence bigint NOT NULL, holder text, lease text, lease_ends timestamptz)",
                cancellationToken
            )
            .ConfigureAwait(false);
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"INSERT INTO {table} (id, fence) VALUES (1, 0) ON CONFLICT DO NOTHING",
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private async Task<string?> OtherAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(
                connection,
                transaction,
                $"SELECT coalesce(holder, '') FROM {table} WHERE {Row.Which} AND NOT {PostgreSqlLeaseRow.IsFree}",
                cancellationToken
            )
            .ConfigureAwait(false)
            is string holder
            ? $"'{holder}'"
            : null;

    // What a holder was at when its lease ended can't be committed any more, and would keep its tables locked for as long as it is stopped.
    private async Task<string?> LeftBehindAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (
            await Sql.ScalarAsync(
                    connection,
                    transaction,
                    "SELECT min(pid) FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid::bigint = "
                        + "@high AND objid::bigint = @low AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
                        + "pg_catalog.current_database())",
                    cancellationToken,
                    ("@high", (long)(uint)(_work >> 32)),
                    ("@low", (long)(uint)_work)
                )
                .ConfigureAwait(false)
            is not int session
        )
            return null;

        var left = string.Create(CultureInfo.InvariantCulture, $"a transaction that was left behind (server process {session})");
        try
        {
            await Sql.ScalarAsync(
                    connection,
                    transaction,
                    "SELECT pg_catalog.pg_terminate_backend(@pid)",
                    cancellationToken,
                    ("@pid", session)
                )
                .ConfigureAwait(false);
            return left;
        }
        catch (DbException e) when (e.SqlState == NotPermitted)
        {
            return left + ", which this role may not end";
        }
    }
}
