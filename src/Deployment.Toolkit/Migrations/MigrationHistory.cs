using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>A row of the history: a migration that is applied, with what is needed to undo it by a binary that doesn't know it.</summary>
internal sealed record AppliedMigration(
    string Version,
    string Name,
    string Checksum,
    string? DownFile,
    string? DownSql,
    string? Irreversible,
    string Run,
    NotedContents? Contents
)
{
    /// <summary>
    /// What its way back would remove of what migrations made, as <see cref="StakeText"/> writes it; <see langword="null"/> when that was
    /// not noted.
    /// </summary>
    internal string? AtStake { get; init; }

    internal bool IsClass => Checksum.StartsWith("class:", StringComparison.Ordinal);

    /// <summary>When (UTC), as text that is in order.</summary>
    internal string AppliedAt { get; init; } = "";

    /// <summary>Of a repeatable one: the checksum of what was applied before it; <see langword="null"/> when nothing was.</summary>
    internal string? BackTo { get; init; }

    internal bool IsRepeatable => MigrationVersion.IsRepeatable(Version);

    internal string Title => MigrationVersion.Title(Version, Name);
}

/// <summary>
/// What the tables held in the migration's transaction, before and after it; noted where going back may restore a backup.
/// </summary>
internal sealed class NotedContents(NotedContents? earlier, string before, string changes)
{
    private TableContents? _before;
    private TableContents? _after;

    /// <summary>
    /// Stands for what the migration before it left, where nobody wrote in between: a table's rows are noted once, not at every migration.
    /// </summary>
    internal const string AsLeft = "=";

    /// <summary>Of a migration that can't change any row.</summary>
    internal bool ChangesNothing => before == AsLeft && changes.Length == 0;

    internal TableContents Before => _before ??= before != AsLeft ? TableContents.Parse(before) : earlier?.After ?? TableContents.Parse("");

    internal TableContents After => _after ??= Before.With(changes);
}

/// <summary>
/// On whose behalf the history is written: the run, its release, the lock's number in which journal, and how far that was.
/// </summary>
internal sealed record MigrationWriter(string Run, string Release, string Journal, long Fence, long Records, string Hash);

/// <summary>The table <c>deployment_migrations</c>. It is made by the first migration and goes with the last one that is undone.</summary>
internal static class MigrationHistory
{
    internal const string Table = OwnTables.Migrations;

    internal static async Task<IReadOnlyList<AppliedMigration>> ReadAsync(TargetDatabase database, CancellationToken cancellationToken)
    {
        if (!database.Exists)
            return [];

        await using var connection = await database.OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<IReadOnlyList<AppliedMigration>> ReadAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        if (!await ExistsAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false))
            return [];

        await using var command = Sql.LongCommand(
            dialect,
            connection,
            transaction,
            $"SELECT version, name, checksum, down_file, down_sql, irreversible, run, contents_before, contents_after, at_stake, applied_at FROM "
                + $"{dialect.Own(Table)} ORDER BY sequence"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<AppliedMigration>();
        NotedContents? noted = null;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            noted = reader.IsDBNull(7) ? noted : new NotedContents(noted, reader.GetString(7), reader.GetString(8));
            rows.Add(
                new AppliedMigration(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    Text(reader, 3),
                    Text(reader, 4),
                    Text(reader, 5),
                    reader.GetString(6),
                    reader.IsDBNull(7) ? null : noted
                )
                {
                    AtStake = Text(reader, 9),
                    AppliedAt = reader.GetString(10),
                }
            );
        }

        return rows;
    }

    /// <summary>Makes it, or brings it to what it is now.</summary>
    /// <returns>Whether it was there as it is now.</returns>
    internal static async Task<bool> EnsureAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        if (await ExistsAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false))
            return await HistoryHead.EnsureAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false);

        await Sql.ExecuteAsync(connection, transaction, MakeSql(dialect), cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <summary>The statement that makes it where it isn't there.</summary>
    internal static string MakeSql(DatabaseDialect dialect)
    {
        var types = dialect.Types;
        var text = types.Text;
        return $"""
                CREATE TABLE IF NOT EXISTS {dialect.Own(Table)} (
                    sequence {types.Sequence}, version {types.Key} NOT NULL UNIQUE, name {text} NOT NULL, checksum {text} NOT NULL,
                    down_file {text}, down_sql {text}, irreversible {text}, applied_at {text} NOT NULL, duration_seconds {types.Real} NOT NULL,
                    run {text} NOT NULL, {dialect.Quote(
                    "release"
                )} {text} NOT NULL, journal {text} NOT NULL, fence {types.Integer} NOT NULL,
                    contents_before {text}, contents_after {text}, at_stake {text}, {string.Join(
                    ", ",
                    HistoryHead.ColumnsOf(types)
                )}){dialect.OwnTableOptions}
                """;
    }

    internal static async Task InsertAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        MigrationDefinition migration,
        MigrationWriter writer,
        DateTimeOffset at,
        TimeSpan duration,
        (string Before, string Changes)? contents,
        string? atStake,
        CancellationToken cancellationToken
    ) =>
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"""
                INSERT INTO {dialect.Own(
                    Table
                )} (version, name, checksum, down_file, down_sql, irreversible, applied_at, duration_seconds, run, {dialect.Quote(
                    "release"
                )}, journal, fence, contents_before, contents_after, at_stake, head_records, head_hash)
                VALUES (@version, @name, @checksum, @downFile, @downSql, @irreversible, @at, @duration, @run, @release, @journal, @fence, @before, @after, @stake, @records, @head)
                """,
                cancellationToken,
                ("@version", migration.Version),
                ("@name", migration.Name),
                ("@checksum", migration.Checksum),
                ("@downFile", migration.KeptDown?.File),
                ("@downSql", migration.KeptDown?.Text),
                ("@irreversible", migration.Irreversible),
                ("@at", at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
                ("@duration", duration.TotalSeconds),
                ("@run", writer.Run),
                ("@release", writer.Release),
                ("@journal", writer.Journal),
                ("@fence", writer.Fence),
                ("@before", contents?.Before),
                ("@after", contents?.Changes),
                ("@stake", atStake),
                ("@records", writer.Records),
                ("@head", writer.Hash)
            )
            .ConfigureAwait(false);

    internal static async Task DeleteAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        string version,
        CancellationToken cancellationToken
    )
    {
        await RemoveAsync(dialect, connection, transaction, version, cancellationToken).ConfigureAwait(false);
        await DropIfEmptyAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a row out and leaves the table.</summary>
    internal static async Task RemoveAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        string version,
        CancellationToken cancellationToken
    ) =>
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"DELETE FROM {dialect.Own(Table)} WHERE version = @version",
                cancellationToken,
                ("@version", version)
            )
            .ConfigureAwait(false);

    /// <summary>The table goes with its last row.</summary>
    internal static async Task DropIfEmptyAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        // Dropping it would commit what it goes with: it is swept once that is through.
        if (dialect.CommitsSchemaChanges)
            return;
        if (
            await Sql.ScalarAsync(connection, transaction, $"SELECT 1 FROM {dialect.Own(Table)} LIMIT 1", cancellationToken)
                .ConfigureAwait(false)
            is null
        )
            await Sql.ExecuteAsync(connection, transaction, $"DROP TABLE {dialect.Own(Table)}", cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<string?> AtStakeAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        string version,
        CancellationToken cancellationToken
    ) =>
        await Sql.ScalarAsync(
                connection,
                transaction,
                $"SELECT at_stake FROM {dialect.Own(Table)} WHERE version = @version",
                cancellationToken,
                ("@version", version)
            )
            .ConfigureAwait(false) as string;

    /// <summary>Takes another way back into the history.</summary>
    internal static async Task ReplaceWayBackAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        string version,
        MigrationScript down,
        CancellationToken cancellationToken
    ) =>
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"UPDATE {dialect.Own(Table)} SET down_file = @file, down_sql = @sql WHERE version = @version",
                cancellationToken,
                ("@file", down.File),
                ("@sql", down.Text),
                ("@version", version)
            )
            .ConfigureAwait(false);

    /// <summary>Refuses when a later holder of the same journal's lock has written here: this process's turn is over.</summary>
    internal static async Task EnsureFenceAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        string journal,
        long held,
        CancellationToken cancellationToken
    )
    {
        var highest = await Sql.ScalarAsync(
                connection,
                transaction,
                $"SELECT max(fence) FROM {dialect.Own(Table)} WHERE journal = @journal",
                cancellationToken,
                ("@journal", journal)
            )
            .ConfigureAwait(false);
        if (highest is long fence && fence > held)
        {
            throw DeploymentException.NeedsAttention(
                Codes.FencedOut,
                $"The database was migrated under lock number {fence} while this process holds {held}. Nothing more was done. Look at "
                    + $"'deploy status'."
            );
        }
    }

    internal static Task<bool> ExistsAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => OwnTables.HasAsync(dialect, connection, transaction, Table, cancellationToken);

    private static string? Text(DbDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);
}
