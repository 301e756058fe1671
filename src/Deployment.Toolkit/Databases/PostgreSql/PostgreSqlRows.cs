using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Takes digests of rows where the rows are: a number comes back, whatever types they have.</summary>
internal static class PostgreSqlRows
{
    private const string Point = "deployment_toolkit";

    // How values read as text is the session's to say; here it has to be the same for everybody.
    private const string Settings =
        "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'iso_8601'; SET LOCAL extra_float_digits = "
        + "1; SET LOCAL bytea_output = 'hex'; SET LOCAL lc_monetary = 'C'; SET LOCAL xmlbinary = 'base64'";

    internal static async Task<RowDigest> DigestAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string select,
        CancellationToken cancellationToken
    )
    {
        if (transaction is null)
        {
            await using var own = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            return await DigestAsync(connection, own, select, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await using var command = Sql.Command(
                connection,
                transaction,
                $"SAVEPOINT {Point}; {Settings}; SELECT count(*), coalesce(sum(hashtextextended(ROW(r.*)::text COLLATE \"C\", 0)::numeric), "
                    + $"0)::text FROM ({select}) AS r; ROLLBACK TO SAVEPOINT {Point}; RELEASE SAVEPOINT {Point}"
            );
            command.CommandTimeout = 0;
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                throw new InvalidOperationException("The driver returned no digest.");
            return new RowDigest(reader.GetInt64(0), Wrap(reader.GetString(1)));
        }
        catch (DbException)
        {
            await GoBackAsync(connection, transaction, Point).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks with an empty search path and settings of no consequence; whatever comes of it, they are as they were then.</summary>
    internal static async Task<T> CanonicallyAsync<T>(
        DbConnection connection,
        DbTransaction? transaction,
        Func<DbTransaction, Task<T>> ask,
        CancellationToken cancellationToken
    )
    {
        if (transaction is null)
        {
            await using var own = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            return await CanonicallyAsync(connection, own, ask, cancellationToken).ConfigureAwait(false);
        }

        return await ProtectedAsync(
                connection,
                transaction,
                async () =>
                {
                    await Sql.ExecuteAsync(connection, transaction, "SET LOCAL search_path = pg_catalog; " + Settings, cancellationToken)
                        .ConfigureAwait(false);
                    return await ask(transaction).ConfigureAwait(false);
                },
                "ROLLBACK TO SAVEPOINT",
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Asks what may fail; the transaction goes on.</summary>
    internal static async Task<T> ProtectedAsync<T>(
        DbConnection connection,
        DbTransaction transaction,
        Func<Task<T>> ask,
        string end,
        CancellationToken cancellationToken
    )
    {
        const string point = Point + "_2";
        await Sql.ExecuteAsync(connection, transaction, $"SAVEPOINT {point}", cancellationToken).ConfigureAwait(false);
        T answer;
        try
        {
            answer = await ask().ConfigureAwait(false);
        }
        catch (DbException)
        {
            await GoBackAsync(connection, transaction, point).ConfigureAwait(false);
            throw;
        }

        await Sql.ExecuteAsync(
                connection,
                transaction,
                end == "RELEASE SAVEPOINT" ? $"{end} {point}" : $"{end} {point}; RELEASE SAVEPOINT {point}",
                cancellationToken
            )
            .ConfigureAwait(false);
        return answer;
    }

    // The sum is exact; the digest's counts modulo 2^64, as one of rows that are added and taken away one by one.
    private static ulong Wrap(string sum) => unchecked((ulong)Int128.Parse(sum, CultureInfo.InvariantCulture));

    // Where the connection itself broke, what broke it is what is to be told.
    private static async Task GoBackAsync(DbConnection connection, DbTransaction transaction, string point)
    {
        try
        {
            await Sql.ExecuteAsync(
                    connection,
                    transaction,
                    $"ROLLBACK TO SAVEPOINT {point}; RELEASE SAVEPOINT {point}",
                    CancellationToken.None
                )
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException) { }
    }
}
