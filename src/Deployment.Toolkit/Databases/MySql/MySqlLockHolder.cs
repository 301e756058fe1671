using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Who holds the lock, for those who wait: a session of MySQL has no name that others see, so its holder writes it into a table of one row.
/// The lock alone counts; a row that a dead holder left says nothing.
/// </summary>
internal static class MySqlLockHolder
{
    internal static async Task WriteAsync(DbConnection connection, string holder, CancellationToken cancellationToken)
    {
        await Sql.ExecuteAsync(
                connection,
                null,
                $"CREATE TABLE IF NOT EXISTS {OwnTables.Lock} (id int NOT NULL PRIMARY KEY, holder {MySqlDialect.TextType} NOT NULL, session bigint NOT "
                    + $"NULL) {MySqlDialect.TableOptions}",
                cancellationToken
            )
            .ConfigureAwait(false);
        await Sql.ExecuteAsync(
                connection,
                null,
                $"REPLACE INTO {OwnTables.Lock} (id, holder, session) VALUES (1, @holder, CONNECTION_ID())",
                cancellationToken,
                ("@holder", holder)
            )
            .ConfigureAwait(false);
    }

    internal static Task EraseAsync(DbConnection connection) =>
        Sql.ExecuteAsync(connection, null, $"DROP TABLE IF EXISTS {OwnTables.Lock}", CancellationToken.None);

    /// <summary>Who has a lock, as far as that can be seen.</summary>
    internal static async Task<string> DescribeAsync(DbConnection connection, string name, CancellationToken cancellationToken)
    {
        if (await MySqlHeldLock.HolderAsync(connection, name, cancellationToken).ConfigureAwait(false) is not { } id)
            return "another process";

        var holder = await HolderAsync(connection, id, cancellationToken).ConfigureAwait(false);
        var address = await AddressAsync(connection, id, cancellationToken).ConfigureAwait(false);
        return string.Create(CultureInfo.InvariantCulture, $"{holder}{address} (session {id})");
    }

    private static async Task<string> HolderAsync(DbConnection connection, long session, CancellationToken cancellationToken)
    {
        try
        {
            return
                await Sql.ScalarAsync(
                        connection,
                        null,
                        $"SELECT holder FROM {OwnTables.Lock} WHERE session = @session",
                        cancellationToken,
                        ("@session", session)
                    )
                    .ConfigureAwait(false)
                    is string holder
                ? $"'{holder}'"
                : "another process";
        }
        // It has the lock, and has not written yet.
        catch (DbException e) when (MySqlFault.NumberOf(e) is 1146 or 1142 or 1412)
        {
            return "another process";
        }
    }

    private static async Task<string> AddressAsync(DbConnection connection, long session, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(
                connection,
                null,
                "SELECT host FROM information_schema.processlist WHERE id = @session",
                cancellationToken,
                ("@session", session)
            )
            .ConfigureAwait(false)
            is string { Length: > 0 } host
            ? $" from {(host.LastIndexOf(':') is > 0 and var port ? host[..port] : host)}"
            : "";
}
