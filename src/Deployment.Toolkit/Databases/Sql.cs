using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases;

/// <summary>Runs statements through any driver.</summary>
internal static class Sql
{
    internal static async Task<object?> ScalarAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] parameters
    )
    {
        await using var command = Command(connection, transaction, sql, parameters);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks about texts.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="texts">What is asked about; at least one.</param>
    /// <param name="ask">Makes the question of the names of their parameters.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="parameters">What the question needs besides.</param>
    /// <returns>The first column.</returns>
    internal static async Task<IReadOnlyList<string>> TextsAsync(
        DbConnection connection,
        DbTransaction? transaction,
        IReadOnlyList<string> texts,
        Func<string, string> ask,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] parameters
    )
    {
        (string Name, object? Value)[] named =
        [
            .. texts.Select(static (text, at) => (string.Create(CultureInfo.InvariantCulture, $"@text{at}"), (object?)text)),
        ];
        await using var command = Command(
            connection,
            transaction,
            ask(string.Join(", ", named.Select(static one => one.Name))),
            [.. named, .. parameters]
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var found = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            found.Add(reader.GetString(0));
        return found;
    }

    /// <summary>Asks what takes as long as there are rows, which a driver's own limit must not cut short.</summary>
    internal static async Task<object?> LongScalarAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        CancellationToken cancellationToken
    )
    {
        await using var command = LongCommand(dialect, connection, transaction, sql);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    // Beside a server the limit is how long a file's lock is waited for.
    internal static DbCommand LongCommand(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        params (string Name, object? Value)[] parameters
    )
    {
        var command = Command(connection, transaction, sql, parameters);
        if (dialect.IsServer)
            command.CommandTimeout = 0;
        return command;
    }

    internal static async Task ExecuteAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] parameters
    )
    {
        await using var command = Command(connection, transaction, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    internal static DbCommand Command(
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        params (string Name, object? Value)[] parameters
    )
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // The toolkit's own statements and the team's migrations; values go into parameters, names are quoted.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
