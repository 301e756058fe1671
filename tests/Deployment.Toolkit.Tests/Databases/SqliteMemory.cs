using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Deployment.Toolkit.Tests.Databases;

/// <summary>Databases in memory, one a test.</summary>
internal static class SqliteMemory
{
    /// <summary>Something to query.</summary>
    public const string Schema = """
        CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, "first name" TEXT);
        CREATE TABLE log(id INTEGER, text TEXT);
        CREATE INDEX person_name ON person(name);
        CREATE VIEW people AS SELECT name FROM person;
        """;

    public static SqliteConnection Open(string script)
    {
        Batteries_V2.Init();
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        Execute(connection, script);
        return connection;
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (sql.Length > 0)
            command.ExecuteNonQuery();
    }
}
