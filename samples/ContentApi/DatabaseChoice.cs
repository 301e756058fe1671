using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ContentApi;

/// <summary>
/// The connection string alone says which database it is: one that names a host is PostgreSQL's, any other a SQLite file.
/// </summary>
internal static class DatabaseChoice
{
    internal const string Setting = "Content";

    internal static string ConnectionString(IConfiguration configuration) =>
        configuration.GetConnectionString(Setting) ?? throw new InvalidOperationException("ConnectionStrings:Content is not set.");

    internal static DbProviderFactory Driver(IConfiguration configuration) =>
        IsPostgreSql(configuration) ? NpgsqlFactory.Instance : SqliteFactory.Instance;

    internal static bool IsPostgreSql(IConfiguration configuration)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = configuration.GetConnectionString(Setting) }.ContainsKey("Host");
        }
        catch (ArgumentException)
        {
            // What is wrong with it is told by the deployment, with all other faults.
            return false;
        }
    }
}
