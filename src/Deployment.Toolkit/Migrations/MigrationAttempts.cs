using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>A script outside a transaction that was begun and isn't known to have ended.</summary>
internal sealed record MigrationAttempt(string Version, MigrationDirection Direction, string Run)
{
    /// <summary>How many of its statements were done.</summary>
    internal long Done { get; init; }

    /// <summary>The hash of these statements; <see langword="null"/> where an earlier version of the toolkit noted their number
    /// alone.</summary>
    internal string? DoneHash { get; init; }

    /// <summary>Of statements that are committed one by one.</summary>
    internal StatementProgress? Progress { get; init; }
}

/// <summary>
/// The table <c>deployment_migration_attempts</c>, which is there only while such a script runs or after one was cut off.
/// </summary>
internal static class MigrationAttempts
{
    private const string Table = OwnTables.Attempts;

    /// <returns>An earlier attempt, with how much that has done; <see langword="null"/> when there was none.</returns>
    internal static async Task<MigrationAttempt?> BeginAsync(
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
                    + $"NULL, fence {integer} NOT NULL, begun_at {text} NOT NULL, done {integer} NOT NULL DEFAULT 0, done_hash {text})",
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
        if (!await dialect.HasColumnAsync(connection, transaction, Table, "done_hash", cancellationToken).ConfigureAwait(false))
            await Sql.ExecuteAsync(
                    connection,
                    transaction,
                    $"ALTER TABLE {dialect.Own(Table)} ADD COLUMN done_hash {text}",
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
                $"INSERT INTO {dialect.Own(Table)} (version, direction, run, fence, begun_at, done, done_hash) VALUES (@version, @direction, "
                    + $"@run, @fence, @at, @done, @hash)",
                cancellationToken,
                ("@version", version),
                ("@direction", direction.ToString()),
                ("@run", writer.Run),
                ("@fence", writer.Fence),
                ("@at", at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
                ("@done", earlier?.Done ?? 0),
                ("@hash", earlier?.DoneHash)
            )
            .ConfigureAwait(false);
        return earlier;
    }

    /// <summary>Notes which statements were done.</summary>
    internal static Task AdvanceAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        string version,
        DoneStatements done,
        CancellationToken cancellationToken
    ) =>
        Sql.ExecuteAsync(
            connection,
            null,
            $"UPDATE {dialect.Own(Table)} SET done = @done, done_hash = @hash WHERE version = @version",
            cancellationToken,
            ("@done", done.Count),
            ("@hash", done.Hash),
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

        await using var connection = await database.OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<IReadOnlyList<MigrationAttempt>> ReadAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        if (!await OwnTables.HasAsync(dialect, connection, transaction, Table, cancellationToken).ConfigureAwait(false))
            return [];

        var done = await dialect.HasColumnAsync(connection, transaction, Table, "done", cancellationToken).ConfigureAwait(false)
            ? "done"
            : "0";
        // As an earlier version of the toolkit made it.
        var hash = await dialect.HasColumnAsync(connection, transaction, Table, "done_hash", cancellationToken).ConfigureAwait(false)
            ? "done_hash"
            : "NULL";
        await using var command = Sql.LongCommand(
            dialect,
            connection,
            transaction,
            $"SELECT version, direction, run, {done}, {hash}{(dialect.CommitsSchemaChanges ? StatementProgress.Columns : "")} FROM {dialect.Own(Table)} ORDER BY version"
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
                    DoneHash = reader.IsDBNull(4) ? null : reader.GetString(4),
                    Progress = dialect.CommitsSchemaChanges ? StatementProgress.Of(reader, 5) : null,
                }
            );
        return attempts;
    }
}
