using Microsoft.Data.Sqlite;

namespace ContentApi;

/// <summary>Lets the app find its files from whatever folder it is started in.</summary>
internal static class Startup
{
    private const string Settings = "appsettings.json";
    private const string Database = "ConnectionStrings:Content";

    /// <summary>
    /// A built binary that is started elsewhere finds its settings beside itself; a <c>--contentRoot</c> of the caller's still wins.
    /// </summary>
    internal static string[] InContentRoot(string[] args) =>
        File.Exists(Settings) ? args : ["--contentRoot", AppContext.BaseDirectory, .. args];

    /// <summary>
    /// SQLite takes a relative file from the current folder; here it belongs to the content root, like the settings that name it.
    /// </summary>
    internal static void KeepDatabaseInContentRoot(this WebApplicationBuilder builder)
    {
        if (DatabaseChoice.IsPostgreSql(builder.Configuration))
            return;

        var connection = new SqliteConnectionStringBuilder(builder.Configuration[Database]);
        if (connection.DataSource.Length == 0 || connection.DataSource[0] == ':' || Path.IsPathFullyQualified(connection.DataSource))
            return;

        connection.DataSource = Path.GetFullPath(connection.DataSource, builder.Environment.ContentRootPath);
        builder.Configuration.AddInMemoryCollection([new KeyValuePair<string, string?>(Database, connection.ConnectionString)]);
    }
}
