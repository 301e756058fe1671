using MySqlConnector;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Copies of a database on its server: its tables and their rows.</summary>
internal static class MySqlClone
{
    private static int s_count;

    /// <summary>Copies the database that a connection string names.</summary>
    /// <returns>The connection string of the copy.</returns>
    internal static string Of(string settings)
    {
        var source = new MySqlConnectionStringBuilder(settings).Database;
        var copy = new MySqlConnectionStringBuilder(settings) { Database = $"clone {Interlocked.Increment(ref s_count)}" };
        Run(settings, $"CREATE DATABASE `{copy.Database}`");
        foreach (var table in TablesOf(settings))
            Run(settings, $"CREATE TABLE `{copy.Database}`.`{table}` LIKE `{source}`.`{table}`", $"INSERT INTO `{copy.Database}`.`{table}` SELECT * FROM `{source}`.`{table}`");
        return copy.ConnectionString;
    }

    internal static void Drop(string settings) => Run(settings, $"DROP DATABASE `{new MySqlConnectionStringBuilder(settings).Database}`");

    internal static void Run(string settings, params string[] statements)
    {
        using var connection = new MySqlConnection(new MySqlConnectionStringBuilder(settings) { Database = "", Pooling = false }.ConnectionString);
        connection.Open();
        foreach (var statement in statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }

    private static List<string> TablesOf(string settings)
    {
        using var connection = new MySqlConnection(settings);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'";
        using var reader = command.ExecuteReader();
        var tables = new List<string>();
        while (reader.Read()) tables.Add(reader.GetString(0));
        return tables;
    }
}
