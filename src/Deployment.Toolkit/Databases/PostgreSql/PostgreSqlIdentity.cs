using System.Data.Common;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// Which database of which cluster it is: the same by every name, through a pool, over TCP and by socket. A copy of the cluster's files
/// has the same numbers, and another port, or another timeline once it was promoted.
/// </summary>
internal static class PostgreSqlIdentity
{
    // Only what every account sees: by the folder of its files, which a superuser sees, it would be another one for each account.
    private const string Question = """
        SELECT pg_catalog.concat_ws(' ', 'postgresql', c.system_identifier, d.oid),
            pg_catalog.concat_ws(' ', pg_catalog.current_setting('port'), p.timeline_id)
        FROM pg_catalog.pg_control_system() AS c, pg_catalog.pg_control_checkpoint() AS p, pg_catalog.pg_database AS d
        WHERE d.datname = pg_catalog.current_database()
        """;

    internal static async Task<DatabaseIdentity?> AskAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = Sql.Command(connection, null, Question);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                ? new DatabaseIdentity(reader.GetString(0), reader.GetString(1))
                : null;
        }
        catch (DbException)
        {
            // A provider that lets nobody ask.
            return null;
        }
    }
}
