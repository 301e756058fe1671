using Deployment.Toolkit.Databases.Sqlite;

namespace Deployment.Toolkit.Migrations;

/// <summary>Under which run, journal and lock's number a migration was applied, as the database's history says.</summary>
internal sealed record MigratedUnder(string Run, string Journal, long Fence)
{
    internal static async Task<IReadOnlyList<MigratedUnder>> ReadAsync(SqliteDatabase database, CancellationToken cancellationToken)
    {
        if (!database.Exists) return [];

        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!await MigrationHistory.ExistsAsync(connection, null, cancellationToken).ConfigureAwait(false)) return [];

        await using var command = SqliteDatabase.Command(connection, null, $"SELECT run, journal, fence FROM {MigrationHistory.Table} ORDER BY sequence");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<MigratedUnder>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) rows.Add(new MigratedUnder(reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        return rows;
    }
}
