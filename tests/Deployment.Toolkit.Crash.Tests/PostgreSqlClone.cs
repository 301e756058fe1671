using Npgsql;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Copies of a database on its server: what a copied folder's journal is there.</summary>
internal static class PostgreSqlClone
{
    private static int s_count;

    /// <summary>Copies the database that a connection string names.</summary>
    /// <returns>The connection string of the copy.</returns>
    internal static string Of(string settings)
    {
        var source = new NpgsqlConnectionStringBuilder(settings).Database;
        var copy = new NpgsqlConnectionStringBuilder(settings) { Database = $"clone {Interlocked.Increment(ref s_count)}" };
        // A killed process's session lives until the server has seen that its client is gone.
        Run(settings, $"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{source}'", $"CREATE DATABASE \"{copy.Database}\" TEMPLATE \"{source}\"");
        return copy.ConnectionString;
    }

    internal static void Drop(string settings) => Run(settings, $"DROP DATABASE \"{new NpgsqlConnectionStringBuilder(settings).Database}\" WITH (FORCE)");

    /// <summary>Ends every session of the database, as an administrator does.</summary>
    internal static void EndSessions(string settings) =>
        Run(settings, $"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{new NpgsqlConnectionStringBuilder(settings).Database}'");

    private static void Run(string settings, params string[] statements)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(settings) { Database = "postgres" }.ConnectionString);
        connection.Open();
        foreach (var statement in statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
