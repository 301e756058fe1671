using Deployment.Toolkit.Databases.Testing;
using Npgsql;

namespace Deployment.Toolkit.Crash.Tests;

/// <inheritdoc/>
internal sealed class PostgreSqlDatabases(PostgreSqlServer server) : ServerDatabases
{
    internal override string Name => "PostgreSQL";

    internal override async Task<string> CreateAsync() => (await server.CreateDatabaseAsync()).ConnectionString;

    internal override string Clone(string settings) => PostgreSqlClone.Of(settings);

    internal override void Drop(string settings) => PostgreSqlClone.Drop(settings);

    internal override void EndSessions(string settings) => PostgreSqlClone.EndSessions(settings);

    internal override Task<string> AllAsync(string settings, string sql) => AllAsync(new NpgsqlConnection(settings), sql);

    internal override async Task<string> WorldAsync(string settings)
    {
        var catalogue = await AllAsync(
            settings,
            """
            SELECT t FROM (
              SELECT 'column ' || table_name || ' ' || column_name || ' ' || data_type AS t FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'deployment%'
              UNION ALL SELECT 'index ' || c.relname || ' ' || i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class r ON r.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace AND r.relname NOT LIKE 'deployment%'
              UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
              UNION ALL SELECT 'view ' || viewname || definition FROM pg_views WHERE schemaname = 'public'
            ) all_of_it ORDER BY t
            """);
        var tables = await AllAsync(settings, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
        return $"{catalogue}\n{await RowsAsync(settings, tables.Split('\n', StringSplitOptions.RemoveEmptyEntries), static table => $"SELECT * FROM \"{table}\" ORDER BY 1")}";
    }

    internal override Task<string> LeftAsync(string settings)
    {
        var hash = HashOf(new NpgsqlConnectionStringBuilder(settings).Database!);
        return AllAsync(settings, $"SELECT count(*) FROM pg_database WHERE starts_with(datname, 'deployment_toolkit_{hash}_')");
    }
}
