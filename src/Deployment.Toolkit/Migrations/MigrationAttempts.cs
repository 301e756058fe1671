using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>A script outside a transaction that was begun and isn't known to have ended.</summary>
internal sealed record MigrationAttempt(string Version, MigrationDirection Direction, string Run);

/// <summary>
/// The table <c>deployment_migration_attempts</c>, which is there only while such a script runs or after one was cut off.
/// </summary>
internal static class MigrationAttempts
{
    private const string Table = "deployment_migration_attempts";

    internal static async Task BeginAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        string version,
        MigrationDirection direction,
        MigrationWriter writer,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var (_, key, text, integer, _) = dialect.Types;
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"CREATE TABLE IF NOT EXISTS {Table} (version {key} PRIMARY KEY NOT NULL, direction {text} NOT NULL, run {text} NOT "
                    + $"NULL, fence {integer} NOT NULL, begun_at {text} NOT NULL)",
                cancellationToken
            )
            .ConfigureAwait(false);
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"DELETE FROM {Table} WHERE version = @version",
                cancellationToken,
                ("@version", version)
            )
            .ConfigureAwait(false);
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"INSERT INTO {Table} (version, direction, run, fence, begun_at) VALUES (@version, @direction, @run, @fence, @at)",
                cancellationToken,
                ("@version", version),
                ("@direction", direction.ToString()),
                ("@run", writer.Run),
                ("@fence", writer.Fence),
                ("@at", at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))
            )
            .ConfigureAwait(false);
    }

    internal static async Task EndAsync(
        DbConnection connection,
        DbTransaction transaction,
        string version,
        CancellationToken cancellationToken
    )
    {
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"DELETE FROM {Table} WHERE version = @version",
                cancellationToken,
                ("@version", version)
            )
            .ConfigureAwait(false);
        if (
            await Sql.ScalarAsync(connection, transaction, $"SELECT 1 FROM {Table} LIMIT 1", cancellationToken).ConfigureAwait(false)
            is null
        )
            await Sql.ExecuteAsync(connection, transaction, $"DROP TABLE {Table}", cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<IReadOnlyList<MigrationAttempt>> ReadAsync(TargetDatabase database, CancellationToken cancellationToken)
    {
        if (!database.Exists)
            return [];

        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<IReadOnlyList<MigrationAttempt>> ReadAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        if (!await dialect.HasTableAsync(connection, transaction, Table, cancellationToken).ConfigureAwait(false))
            return [];

        await using var command = Sql.Command(connection, transaction, $"SELECT version, direction, run FROM {Table} ORDER BY version");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var attempts = new List<MigrationAttempt>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            attempts.Add(
                new MigrationAttempt(
                    reader.GetString(0),
                    reader.GetString(1) == nameof(MigrationDirection.Up) ? MigrationDirection.Up : MigrationDirection.Down,
                    reader.GetString(2)
                )
            );
        return attempts;
    }
}
