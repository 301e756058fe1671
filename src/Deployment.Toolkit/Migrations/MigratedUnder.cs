using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Under which run, journal and lock's number a migration was applied, and how far the journal was, as the database's history says.
/// </summary>
internal sealed record MigratedUnder(string Run, string Journal, long Fence)
{
    /// <summary>How many records the journal had; <see langword="null"/> where that was not kept.</summary>
    internal long? Records { get; private init; }

    internal string? Hash { get; private init; }

    internal static async Task<IReadOnlyList<MigratedUnder>> ReadAsync(TargetDatabase database, CancellationToken cancellationToken)
    {
        if (!database.Exists)
            return [];

        await using var connection = await database.OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        if (!await MigrationHistory.ExistsAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false))
            return [];

        var head = await HistoryHead.IsKeptAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false)
            ? "head_records, head_hash"
            : "NULL, NULL";
        await using var command = Sql.LongCommand(
            database.Dialect,
            connection,
            null,
            $"SELECT run, journal, fence, {head} FROM {database.Dialect.Own(MigrationHistory.Table)} ORDER BY sequence"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<MigratedUnder>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(
                new MigratedUnder(reader.GetString(0), reader.GetString(1), reader.GetInt64(2))
                {
                    Records = reader.IsDBNull(3) || reader.IsDBNull(4) ? null : reader.GetInt64(3),
                    Hash = reader.IsDBNull(3) || reader.IsDBNull(4) ? null : reader.GetString(4),
                }
            );
        }

        return rows;
    }
}
