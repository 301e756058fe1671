using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases.Sqlite;

namespace Deployment.Toolkit.Migrations;

/// <summary>A script outside a transaction that was begun and isn't known to have ended.</summary>
internal sealed record MigrationAttempt(string Version, MigrationDirection Direction, string Run);

/// <summary>The table <c>deployment_migration_attempts</c>, which is there only while such a script runs or after one was cut off.</summary>
internal static class MigrationAttempts
{
    private const string Table = "deployment_migration_attempts";

    internal static async Task BeginAsync(
        DbConnection connection, DbTransaction transaction, string version, MigrationDirection direction, MigrationWriter writer, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await SqliteDatabase.ExecuteAsync(
            connection, transaction, $"CREATE TABLE IF NOT EXISTS {Table} (version TEXT PRIMARY KEY NOT NULL, direction TEXT NOT NULL, run TEXT NOT NULL, fence INTEGER NOT NULL, begun_at TEXT NOT NULL)", cancellationToken).ConfigureAwait(false);
        await SqliteDatabase.ExecuteAsync(
            connection,
            transaction,
            $"INSERT OR REPLACE INTO {Table} (version, direction, run, fence, begun_at) VALUES (@version, @direction, @run, @fence, @at)",
            cancellationToken,
            ("@version", version), ("@direction", direction.ToString()), ("@run", writer.Run), ("@fence", writer.Fence), ("@at", at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))).ConfigureAwait(false);
    }

    internal static async Task EndAsync(DbConnection connection, DbTransaction transaction, string version, CancellationToken cancellationToken)
    {
        await SqliteDatabase.ExecuteAsync(connection, transaction, $"DELETE FROM {Table} WHERE version = @version", cancellationToken, ("@version", version)).ConfigureAwait(false);
        if (await SqliteDatabase.ScalarAsync(connection, transaction, $"SELECT 1 FROM {Table} LIMIT 1", cancellationToken).ConfigureAwait(false) is null)
            await SqliteDatabase.ExecuteAsync(connection, transaction, $"DROP TABLE {Table}", cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<IReadOnlyList<MigrationAttempt>> ReadAsync(SqliteDatabase database, CancellationToken cancellationToken)
    {
        if (!database.Exists) return [];

        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(connection, null, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<IReadOnlyList<MigrationAttempt>> ReadAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        if (await SqliteDatabase.ScalarAsync(connection, transaction, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = @name", cancellationToken, ("@name", Table)).ConfigureAwait(false) is null) return [];

        await using var command = SqliteDatabase.Command(connection, transaction, $"SELECT version, direction, run FROM {Table} ORDER BY version");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var attempts = new List<MigrationAttempt>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            attempts.Add(new MigrationAttempt(reader.GetString(0), reader.GetString(1) == nameof(MigrationDirection.Up) ? MigrationDirection.Up : MigrationDirection.Down, reader.GetString(2)));
        return attempts;
    }
}
