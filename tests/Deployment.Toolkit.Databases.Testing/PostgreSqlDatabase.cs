using System.Globalization;
using Npgsql;

namespace Deployment.Toolkit.Databases.Testing;

/// <summary>A database of a test's own. Disposed of, it is dropped, whoever still has it open.</summary>
public sealed class PostgreSqlDatabase : IAsyncDisposable
{
    private readonly NpgsqlConnectionStringBuilder _settings;
    private readonly string _maintenance;

    internal PostgreSqlDatabase(string name, NpgsqlConnectionStringBuilder settings, string maintenance) =>
        (Name, _settings, _maintenance) = (name, settings, maintenance);

    /// <summary>Its name, which has to be quoted.</summary>
    public string Name { get; }

    public string ConnectionString => _settings.ConnectionString;

    /// <summary>The same with something changed.</summary>
    public string ConnectionStringWith(Action<NpgsqlConnectionStringBuilder> change)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString);
        change(settings);
        return settings.ConnectionString;
    }

    /// <summary>
    /// Whether connections come from the driver's pool, as an app's do; <see langword="null"/> where the connection string says nothing of it, which comes to the
    /// same. Without one the server makes a process for each.
    /// </summary>
    public bool? IsPooled
    {
        get => _settings.ContainsKey("Pooling") ? _settings.Pooling : null;
        set
        {
            if (value is { } isPooled)
                _settings.Pooling = isPooled;
            else
                _settings.Remove("Pooling");
        }
    }

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
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
        await using (var own = new NpgsqlConnection(ConnectionString))
            NpgsqlConnection.ClearPool(own);
        await using var connection = new NpgsqlConnection(_maintenance);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"DROP DATABASE IF EXISTS \"{Name}\" WITH (FORCE)";
        await command.ExecuteNonQueryAsync();
    }
}
