using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ContentApi.Tests;

/// <summary>Looks into a database file from outside.</summary>
internal sealed class SqliteFile(string file)
{
    static SqliteFile() => SQLitePCL.Batteries_V2.Init();

    internal string File { get; } = file;

    internal SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    internal object? Scalar(string sql) => Query(sql).Single()[0];

    internal List<object[]> Query(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    internal string Schema() => string.Join('\n', Query("SELECT name, type, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name").Select(Text));

    internal string Rows()
    {
        var tables = Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").Select(static row => (string)row[0]);
        return string.Join('\n', tables.SelectMany(table => Query($"SELECT * FROM \"{table}\" ORDER BY 1").Select(row => $"{table}: {Text(row)}")));
    }

    internal string Dump() => Schema() + "\n" + Rows();

    private static string Text(object[] row) => string.Join('|', row.Select(static value => Convert.ToString(value, CultureInfo.InvariantCulture)));
}
