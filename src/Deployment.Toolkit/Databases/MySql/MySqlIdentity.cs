using System.Data.Common;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Which schema of which server it is. MySQL keeps an id of its server among its files, which a copy of them takes along; MariaDB makes one
/// of the machine's address and the port, which a copy elsewhere does not have.
/// </summary>
internal static class MySqlIdentity
{
    internal static async Task<DatabaseIdentity?> AskAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var answers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            // A variable that a server lacks is no row, where SELECT would fail.
            await using (
                var command = Sql.Command(
                    connection,
                    null,
                    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_uuid', 'server_uid', 'hostname', 'port', 'datadir')"
                )
            )
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    answers[reader.GetString(0)] = reader.GetString(1);
            }

            var schema = $"{await Sql.ScalarAsync(connection, null, "SELECT DATABASE()", cancellationToken).ConfigureAwait(false)}";
            var place = string.Join(' ', Of("hostname"), Of("port"), Of("datadir"));
            return answers.TryGetValue("server_uuid", out var id)
                ? new DatabaseIdentity($"mysql {id} {schema}", place)
                : new DatabaseIdentity($"mariadb {Of("server_uid")} {place} {schema}", "");
        }
        catch (DbException)
        {
            return null;
        }

        string Of(string name) => answers.GetValueOrDefault(name, "");
    }
}
