using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace ContentApi.Content;

/// <summary>Opens the app's database and runs its few queries.</summary>
public sealed class ContentDatabase(IConfiguration configuration)
{
    private readonly string _connectionString =
        configuration.GetConnectionString("Content") ?? throw new InvalidOperationException("ConnectionStrings:Content is not set.");

    public async Task<List<T>> QueryAsync<T>(
        string sql,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken,
        params (string Name, object Value)[] parameters
    )
    {
        await using var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs statements in one transaction; each is given the id that the first one made as <c>@content</c>.</summary>
    public async Task<long> InsertContentAsync(
        IReadOnlyList<(string Sql, (string Name, object Value)[] Parameters)> statements,
        CancellationToken cancellationToken
    )
    {
        await using var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        long id = 0;
        foreach (var (sql, parameters) in statements)
        {
            await using var command = Command(connection, sql, [.. parameters, ("@content", id)]);
            command.Transaction = (SqliteTransaction)transaction;
            await command.ExecuteNonQueryAsync(cancellationToken);
            if (id != 0)
                continue;

            await using var last = Command(connection, "SELECT last_insert_rowid()", []);
            last.Transaction = (SqliteTransaction)transaction;
            id = (long)(await last.ExecuteScalarAsync(cancellationToken))!;
        }

        await transaction.CommitAsync(cancellationToken);
        return id;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The app's own constant statements; what users send goes into parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
