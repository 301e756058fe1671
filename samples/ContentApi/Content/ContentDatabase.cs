using System.Data.Common;
using System.Globalization;

namespace ContentApi.Content;

/// <summary>Opens the app's database and runs its few queries, which say the same to SQLite and PostgreSQL.</summary>
public sealed class ContentDatabase(IConfiguration configuration)
{
    private readonly string _connectionString = DatabaseChoice.ConnectionString(configuration);
    private readonly DbProviderFactory _driver = DatabaseChoice.Driver(configuration);

    public async Task<List<T>> QueryAsync<T>(
        string sql,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken,
        params (string Name, object Value)[] parameters
    )
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>
    /// Runs statements in one transaction. The first returns the id of what it made; the others are given it as <c>@content</c>.
    /// </summary>
    public async Task<long> InsertContentAsync(
        IReadOnlyList<(string Sql, (string Name, object Value)[] Parameters)> statements,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        long? id = null;
        foreach (var (sql, parameters) in statements)
        {
            await using var command = Command(connection, sql, id is null ? parameters : [.. parameters, ("@content", id.Value)]);
            command.Transaction = transaction;
            if (id is null)
                id = Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
            else
                await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return id ?? 0;
    }

    private async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = _driver.CreateConnection()!;
        connection.ConnectionString = _connectionString;
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private static DbCommand Command(DbConnection connection, string sql, (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The app's own constant statements; what users send goes into parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
