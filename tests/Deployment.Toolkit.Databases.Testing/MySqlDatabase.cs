using System.Diagnostics;
using System.Globalization;
using MySqlConnector;

namespace Deployment.Toolkit.Databases.Testing;

/// <summary>A database of a test's own. Disposed of, it is dropped, and whoever still has it open is cut off.</summary>
public sealed class MySqlDatabase : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly MySqlConnectionStringBuilder _settings;
    private readonly string _maintenance;

    internal MySqlDatabase(string name, MySqlConnectionStringBuilder settings, string maintenance) =>
        (Name, _settings, _maintenance) = (name, settings, maintenance);

    /// <summary>Its name, which has to be quoted.</summary>
    public string Name { get; }

    public string ConnectionString => _settings.ConnectionString;

    /// <summary>The same with something changed.</summary>
    public string ConnectionStringWith(Action<MySqlConnectionStringBuilder> change)
    {
        var settings = new MySqlConnectionStringBuilder(ConnectionString);
        change(settings);
        return settings.ConnectionString;
    }

    public async Task<MySqlConnection> OpenAsync()
    {
        var connection = new MySqlConnection(ConnectionStringWith(static settings => settings.AllowUserVariables = true));
        await connection.OpenAsync();
        return connection;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value of the first row as text; NULL and nothing are <see langword="null"/>.</summary>
    public async Task<string?> ScalarAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        var value = await command.ExecuteScalarAsync();
        return value is null or DBNull ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await using var connection = new MySqlConnection(_maintenance);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.Parameters.AddWithValue("@name", Name);
        // What is at a statement comes to its end by itself.
        var since = Stopwatch.StartNew();
        while (true)
        {
            command.CommandText = "SELECT GROUP_CONCAT(CONCAT(id, IF(command = 'Sleep', '', '?'))) FROM information_schema.processlist WHERE db = @name";
            var sessions = (await command.ExecuteScalarAsync() as string ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
            if (sessions.Length == 0)
                break;
            foreach (var id in sessions.Where(id => !id.EndsWith('?') || since.Elapsed > Patience))
                await KillAsync(command, id.TrimEnd('?'));
        }

        command.CommandText = $"DROP DATABASE IF EXISTS `{Name}`";
        await command.ExecuteNonQueryAsync();
    }

    private static async Task KillAsync(MySqlCommand command, string id)
    {
        command.CommandText = $"KILL {id}";
        try
        {
            await command.ExecuteNonQueryAsync();
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.NoSuchThread)
        {
            // It was through in between.
        }
    }
}
