using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// The table <c>deployment_repeatables</c>: a row for each content that a repeatable script had when it was applied, with its text, which
/// is the way back of the one after it. A table of its own, so that binaries that know of no such scripts read the other one as ever.
/// </summary>
internal static class RepeatableHistory
{
    private const string Table = OwnTables.Repeatables;

    // What is longer is applied, and is no way back.
    private const int LongestText = 1 << 20;

    internal static async Task<AppliedRepeatables> ReadAsync(TargetDatabase? database, CancellationToken cancellationToken)
    {
        if (database is not { Exists: true })
            return AppliedRepeatables.None;

        await using var connection = await database.OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads all but the texts.</summary>
    internal static async Task<AppliedRepeatables> ReadAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        if (!await OwnTables.HasAsync(dialect, connection, transaction, Table, cancellationToken).ConfigureAwait(false))
            return AppliedRepeatables.None;

        await using var command = Sql.LongCommand(
            dialect,
            connection,
            transaction,
            $"SELECT sequence, name, checksum, file, run, CASE WHEN content IS NULL THEN 0 ELSE 1 END, CASE WHEN down_sql IS NULL THEN 0 ELSE 1 END, "
                + $"irreversible, begun, applied_at, at_stake, contents_before, contents_after FROM {dialect.Own(Table)} ORDER BY sequence"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<AppliedRepeatable>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(
                new AppliedRepeatable(Number(reader, 0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4))
                {
                    HasText = Number(reader, 5) != 0,
                    HasDown = Number(reader, 6) != 0,
                    Irreversible = Text(reader, 7),
                    IsBegun = Number(reader, 8) != 0,
                    AppliedAt = reader.GetString(9),
                    AtStake = Text(reader, 10),
                    Contents = Text(reader, 11) is { } before ? (before, Text(reader, 12) ?? "") : null,
                }
            );
        return new AppliedRepeatables(rows);
    }

    /// <summary>The text that takes a content back: that of the one below it, or its own way back where there is none.</summary>
    internal static async Task<MigrationScript?> WayBackAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        AppliedRepeatable row,
        AppliedRepeatable? target,
        CancellationToken cancellationToken
    )
    {
        var (column, from) = target is null ? ("down_sql", row) : ("content", target);
        return
            await Sql.ScalarAsync(
                    connection,
                    transaction,
                    $"SELECT {column} FROM {dialect.Own(Table)} WHERE sequence = @sequence",
                    cancellationToken,
                    ("@sequence", from.Sequence)
                )
                .ConfigureAwait(false)
                is string text
            ? new MigrationScript(from.File, text)
            : null;
    }

    internal static Task EnsureAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => Sql.ExecuteAsync(connection, transaction, MakeSql(dialect), cancellationToken);

    /// <summary>The statement that makes it where it isn't there.</summary>
    internal static string MakeSql(DatabaseDialect dialect)
    {
        var (sequence, _, text, integer, real) = dialect.Types;
        return $"CREATE TABLE IF NOT EXISTS {dialect.Own(Table)} (sequence {sequence}, name {text} NOT NULL, checksum {text} NOT NULL, file {text} NOT NULL, "
            + $"content {text}, down_sql {text}, irreversible {text}, begun {integer} NOT NULL, applied_at {text} NOT NULL, duration_seconds {real} "
            + $"NOT NULL, run {text} NOT NULL, {dialect.Quote("release")} {text} NOT NULL, journal {text} NOT NULL, fence {integer} NOT NULL, at_stake "
            + $"{text}, contents_before {text}, contents_after {text}){dialect.OwnTableOptions}";
    }

    internal static async Task InsertAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        MigrationDefinition migration,
        MigrationWriter writer,
        DateTimeOffset at,
        RepeatableRow row,
        CancellationToken cancellationToken
    )
    {
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"""
                INSERT INTO {dialect.Own(
                    Table
                )} (name, checksum, file, content, down_sql, irreversible, begun, applied_at, duration_seconds, run, {dialect.Quote(
                    "release"
                )}, journal, fence, at_stake, contents_before, contents_after)
                VALUES (@name, @checksum, @file, @content, @down, @irreversible, @begun, @at, @duration, @run, @release, @journal, @fence, @stake, @before, @after)
                """,
                cancellationToken,
                ("@name", migration.Version),
                ("@checksum", migration.Checksum),
                ("@file", migration.Up!.File),
                ("@content", Bounded(migration.Up.Text)),
                ("@down", migration.Down is { } down ? Bounded(down.Text) : null),
                ("@irreversible", migration.Irreversible),
                ("@begun", row.IsBegun ? 1L : 0L),
                ("@at", at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
                ("@duration", row.Duration.TotalSeconds),
                ("@run", writer.Run),
                ("@release", writer.Release),
                ("@journal", writer.Journal),
                ("@fence", writer.Fence),
                ("@stake", row.AtStake),
                ("@before", row.Contents?.Before),
                ("@after", row.Contents?.Changes)
            )
            .ConfigureAwait(false);
    }

    private static string? Bounded(string text) => text.Length <= LongestText ? text : null;

    private static long Number(DbDataReader reader, int ordinal) => Convert.ToInt64(reader.GetValue(ordinal), CultureInfo.InvariantCulture);

    private static string? Text(DbDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);
}
