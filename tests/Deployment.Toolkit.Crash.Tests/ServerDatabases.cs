using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>A server's databases, as a test that kills deployments needs them: made, copied, looked at, dropped.</summary>
internal abstract class ServerDatabases
{
    internal const string DatabaseFile = "database.txt";

    internal abstract string Name { get; }

    /// <summary>A new one, and how to reach it.</summary>
    internal abstract Task<string> CreateAsync();

    /// <summary>Says in a folder which database the app there has.</summary>
    internal virtual void Write(CrashFolder folder, string settings) => folder.Write(DatabaseFile, settings);

    internal abstract string Clone(string settings);

    internal abstract void Drop(string settings);

    /// <summary>Ends what a killed process has left open.</summary>
    internal abstract void EndSessions(string settings);

    /// <summary>Tables with columns, indexes, routines and triggers, and all rows, of what is the app's own.</summary>
    internal abstract Task<string> WorldAsync(string settings);

    /// <summary>How many databases the toolkit has made beside it that are still there.</summary>
    internal abstract Task<string> LeftAsync(string settings);

    internal abstract Task<string> AllAsync(string settings, string sql);

    // What the toolkit names its own databases by beside the app's.
    private protected static string HashOf(string database) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(database)).AsSpan(0, 4));

    private protected static async Task<string> AllAsync(DbConnection closed, string sql)
    {
        await using var connection = closed;
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync()) lines.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        return string.Join('\n', lines);
    }

    // Its own tables and triggers are no part of what the app would miss.
    private protected async Task<string> RowsAsync(string settings, IEnumerable<string> tables, Func<string, string> select)
    {
        var parts = new List<string>();
        foreach (var table in tables.Where(static table => !table.StartsWith("deployment_", StringComparison.Ordinal))) parts.Add($"{table}: {(await AllAsync(settings, select(table))).Replace('\n', ' ')}");
        return string.Join('\n', parts);
    }
}
