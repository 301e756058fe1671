using System.Data.Common;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// Which database of which cluster it is: the same by every name, through a pool, over TCP and by socket. A copy of the cluster's files
/// has the same numbers, and another port or folder.
/// </summary>
internal static class PostgreSqlIdentity
{
    // Whoever may not see a setting finds no row of it, where current_setting would fail.
    private const string Question = """
        SELECT pg_catalog.concat_ws(' ', 'postgresql', c.system_identifier, d.oid),
            pg_catalog.concat_ws(' ', pg_catalog.current_setting('port'),
                (SELECT s.setting FROM pg_catalog.pg_settings AS s WHERE s.name = 'data_directory'))
        FROM pg_catalog.pg_control_system() AS c, pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()
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
