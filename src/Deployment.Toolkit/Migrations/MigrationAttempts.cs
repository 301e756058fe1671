using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>A script outside a transaction that was begun and isn't known to have ended.</summary>
internal sealed record MigrationAttempt(string Version, MigrationDirection Direction, string Run)
{
    /// <summary>How many of its statements were done.</summary>
    internal long Done { get; init; }

    /// <summary>Of statements that are committed one by one.</summary>
    internal StatementProgress? Progress { get; init; }
}

/// <summary>
/// The table <c>deployment_migration_attempts</c>, which is there only while such a script runs or after one was cut off.
/// </summary>
internal static class MigrationAttempts
{
    private const string Table = OwnTables.Attempts;

    /// <returns>How many statements an earlier attempt has done; <see langword="null"/> when there was none.</returns>
    internal static async Task<long?> BeginAsync(
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
                $"CREATE TABLE IF NOT EXISTS {dialect.Own(Table)} (version {key} PRIMARY KEY NOT NULL, direction {text} NOT NULL, run {text} NOT "
                    + $"NULL, fence {integer} NOT NULL, begun_at {text} NOT NULL, done {integer} NOT NULL DEFAULT 0)",
                cancellationToken
            )
            .ConfigureAwait(false);
        // One that an earlier version of the toolkit left.
        if (!await dialect.HasColumnAsync(connection, transaction, Table, "done", cancellationToken).ConfigureAwait(false))
            await Sql.ExecuteAsync(
                    connection,
                    transaction,
                    $"ALTER TABLE {dialect.Own(Table)} ADD COLUMN done {integer} NOT NULL DEFAULT 0",
                    cancellationToken
                )
                .ConfigureAwait(false);
        var earlier = (await ReadAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false)).FirstOrDefault(attempt =>
            attempt.Version == version && attempt.Direction == direction
        );
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"DELETE FROM {dialect.Own(Table)} WHERE version = @version",
                cancellationToken,
                ("@version", version)
            )
            .ConfigureAwait(false);
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"INSERT INTO {dialect.Own(Table)} (version, direction, run, fence, begun_at, done) VALUES (@version, @direction, @run, @fence, "
                    + $"@at, @done)",
                cancellationToken,
                ("@version", version),
                ("@direction", direction.ToString()),
                ("@run", writer.Run),
                ("@fence", writer.Fence),
                ("@at", at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
                ("@done", earlier?.Done ?? 0)
            )
            .ConfigureAwait(false);
        return earlier?.Done;
    }

    /// <summary>Notes that one more statement was done.</summary>
    internal static Task AdvanceAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        string version,
        long done,
        CancellationToken cancellationToken
    ) =>
        Sql.ExecuteAsync(
            connection,
            null,
            $"UPDATE {dialect.Own(Table)} SET done = @done WHERE version = @version",
            cancellationToken,
            ("@done", done),
            ("@version", version)
        );

    internal static async Task EndAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        string version,
        CancellationToken cancellationToken
    )
    {
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"DELETE FROM {dialect.Own(Table)} WHERE version = @version",
                cancellationToken,
                ("@version", version)
            )
            .ConfigureAwait(false);
        if (dialect.CommitsSchemaChanges)
            return;
        if (
            await Sql.ScalarAsync(connection, transaction, $"SELECT 1 FROM {dialect.Own(Table)} LIMIT 1", cancellationToken)
                .ConfigureAwait(false)
            is null
        )
            await Sql.ExecuteAsync(connection, transaction, $"DROP TABLE {dialect.Own(Table)}", cancellationToken).ConfigureAwait(false);
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

        var done = await dialect.HasColumnAsync(connection, transaction, Table, "done", cancellationToken).ConfigureAwait(false)
            ? "done"
            : "0";
        await using var command = Sql.Command(
            connection,
            transaction,
            $"SELECT version, direction, run, {done}{(dialect.CommitsSchemaChanges ? StatementProgress.Columns : "")} FROM {dialect.Own(Table)} ORDER BY version"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var attempts = new List<MigrationAttempt>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            attempts.Add(
                new MigrationAttempt(
                    reader.GetString(0),
                    reader.GetString(1) == nameof(MigrationDirection.Up) ? MigrationDirection.Up : MigrationDirection.Down,
                    reader.GetString(2)
                )
                {
                    Done = Convert.ToInt64(reader.GetValue(3), CultureInfo.InvariantCulture),
                    Progress = dialect.CommitsSchemaChanges ? StatementProgress.Of(reader, 4) : null,
                }
            );
        return attempts;
    }
}
