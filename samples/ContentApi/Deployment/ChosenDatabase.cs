using Deployment.Toolkit;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ContentApi.Deployment;

/// <summary>Deploys to the database that the app works with.</summary>
internal static class ChosenDatabase
{
    internal static DeploymentBuilder UseContentDatabase(this DeploymentBuilder deployment, IConfiguration configuration) =>
        DatabaseChoice.IsPostgreSql(configuration)
            ? deployment.UsePostgreSql(NpgsqlFactory.Instance, DatabaseChoice.Setting)
            : deployment.UseSqlite(SqliteFactory.Instance, DatabaseChoice.Setting);
}
