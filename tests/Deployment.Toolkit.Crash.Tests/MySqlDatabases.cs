using Deployment.Toolkit.Databases.Testing;
using MySqlConnector;

namespace Deployment.Toolkit.Crash.Tests;

/// <inheritdoc/>
internal sealed class MySqlDatabases(MySqlServer server) : ServerDatabases
{
    internal override string Name => "MariaDB";

    internal override async Task<string> CreateAsync() => (await server.CreateDatabaseAsync()).ConnectionString;

    internal override void Write(CrashFolder folder, string settings)
    {
        base.Write(folder, settings);
        folder.Write("mysql.txt", "");
    }

    internal override string Clone(string settings) => MySqlClone.Of(settings);

    internal override void Drop(string settings) => MySqlClone.Drop(settings);

    internal override void EndSessions(string settings)
    {
        var name = new MySqlConnectionStringBuilder(settings).Database;
        var elsewhere = new MySqlConnectionStringBuilder(settings) { Database = "", Pooling = false }.ConnectionString;
        // Until the server has seen that the client is gone and has taken back what it was at.
        while (AllAsync(elsewhere, $"SELECT id FROM information_schema.processlist WHERE db = '{name}'").GetAwaiter().GetResult() is { Length: > 0 } sessions)
        {
            foreach (var id in sessions.Split('\n')) Kill(elsewhere, id);
        }
    }

    private static void Kill(string settings, string id)
    {
        try
        {
            MySqlClone.Run(settings, $"KILL {id}");
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.NoSuchThread)
        {
            // It was through in between.
        }
    }

    internal override Task<string> AllAsync(string settings, string sql) => AllAsync(new MySqlConnection(settings), sql);

    internal override async Task<string> WorldAsync(string settings)
    {
        var catalogue = await AllAsync(
            settings,
            """
            SELECT t FROM (
              SELECT CONCAT_WS(' ', 'column', table_name, column_name, column_type) AS t FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name NOT LIKE 'deployment%'
              UNION ALL SELECT CONCAT_WS(' ', 'index', table_name, index_name, column_name) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name NOT LIKE 'deployment%'
              UNION ALL SELECT CONCAT_WS(' ', routine_type, routine_name) FROM information_schema.routines WHERE routine_schema = DATABASE()
              UNION ALL SELECT CONCAT_WS(' ', 'trigger', trigger_name) FROM information_schema.triggers WHERE trigger_schema = DATABASE()
              UNION ALL SELECT CONCAT_WS(' ', 'view', table_name) FROM information_schema.views WHERE table_schema = DATABASE()
            ) all_of_it ORDER BY t
            """);
        var tables = await AllAsync(settings, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1");
        return $"{catalogue}\n{await RowsAsync(settings, tables.Split('\n', StringSplitOptions.RemoveEmptyEntries), static table => $"SELECT * FROM `{table}` ORDER BY 1")}";
    }

    internal override Task<string> LeftAsync(string settings)
    {
        var hash = HashOf(new MySqlConnectionStringBuilder(settings).Database);
        return AllAsync(settings, $"SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name LIKE 'deployment\\_toolkit\\_{hash}\\_%'");
    }
}
