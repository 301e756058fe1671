using Deployment.Toolkit.Databases.MySql;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Sqlite;

namespace Deployment.Toolkit.Databases.Known;

/// <summary>How scripts for each kind of database's own client are written.</summary>
internal static class ClientScripts
{
    internal static ClientScript Of(DatabaseDialect dialect) =>
        dialect switch
        {
            PostgreSqlDialect => new PostgreSqlClientScript(),
            MySqlDialect => new MySqlClientScript(),
            _ => new SqliteClientScript(),
        };
}
