using System.Data.Common;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>The tables and sequences that a backup holds: all but those of journals and of the lock, which stay where they are.</summary>
internal static class MySqlTables
{
    internal static async Task<IReadOnlyList<string>> ReadAsync(
        MySqlDialect dialect,
        DbConnection connection,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await AllAsync(connection, cancellationToken).ConfigureAwait(false))
                .Where(table => !IsLeftOut(dialect, table.Name))
                .Select(static table => table.Name),
        ];

    /// <summary>Those that no dump holds.</summary>
    internal static async Task<IReadOnlyList<string>> LeftOutAsync(
        MySqlDialect dialect,
        DbConnection connection,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await AllAsync(connection, cancellationToken).ConfigureAwait(false))
                .Where(table => IsLeftOut(dialect, table.Name))
                .Select(static table => table.Name),
        ];

    /// <summary>Whether a transaction sees all of them as they were at one moment.</summary>
    internal static async Task<bool> AreTransactionalAsync(
        MySqlDialect dialect,
        DbConnection connection,
        CancellationToken cancellationToken
    ) =>
        (await AllAsync(connection, cancellationToken).ConfigureAwait(false)).TrueForAll(table =>
            IsLeftOut(dialect, table.Name) || table.Engine.Equals("InnoDB", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>Keeps others from changing rows of them, or them, until the session ends or says UNLOCK TABLES.</summary>
    internal static async Task LockAsync(DbConnection connection, IReadOnlyList<string> tables, CancellationToken cancellationToken)
    {
        if (tables.Count == 0)
            return;

        await Sql.ExecuteAsync(connection, null, "SET SESSION lock_wait_timeout = 30", cancellationToken).ConfigureAwait(false);
        await Sql.ExecuteAsync(
                connection,
                null,
                $"LOCK TABLES {string.Join(", ", tables.Select(static table => $"{MySqlNames.QuotePart(table)} READ"))}",
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private static bool IsLeftOut(MySqlDialect dialect, string table) =>
        table == OwnTables.Lock || (dialect.JournalPrefix is { } prefix && table.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static async Task<List<(string Name, string Engine)>> AllAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            connection,
            null,
            "SELECT table_name, COALESCE(engine, '') FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type IN ('BASE "
                + "TABLE', 'SYSTEM VERSIONED', 'SEQUENCE') ORDER BY table_name"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var tables = new List<(string, string)>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            tables.Add((reader.GetString(0), reader.GetString(1)));
        return tables;
    }
}
