using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// Dropping a table whose rows others refer to with an action on delete: SQLite deletes a table's rows before it drops it, so that the
/// children's go too, or lose what they refer to, also where a table of the same name is there a statement later.
/// </summary>
internal static class SqliteDrops
{
    /// <summary>The table that a statement drops; <see langword="null"/> when it is no such statement.</summary>
    internal static string? TableOf(string statement)
    {
        var tokens = SqliteTokenizer.ReadSignificant(statement).Take(8).ToArray();
        if (tokens.Length < 3 || !tokens[0].Is(statement, "DROP") || !tokens[1].Is(statement, "TABLE"))
            return null;

        var at = tokens.Length > 4 && tokens[2].Is(statement, "IF") && tokens[3].Is(statement, "EXISTS") ? 4 : 2;
        if (at + 2 < tokens.Length && tokens[at + 1].Is(statement, "."))
            at += 2;
        return tokens[at].IsName ? tokens[at].NameIn(statement)
            : tokens[at].Kind is SqliteTokenKind.String && tokens[at].IsClosed
                ? tokens[at].In(statement)[1..^1].ToString().Replace("''", "'", StringComparison.Ordinal)
            : null;
    }

    /// <summary>What a drop would do to other tables' rows; <see langword="null"/> when nothing.</summary>
    internal static async Task<string?> ConsequencesAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        Func<string, bool> regards,
        CancellationToken cancellationToken
    )
    {
        var keys = (await SqliteForeignKeys.KeysAsync(connection, transaction, table, cancellationToken).ConfigureAwait(false))
            .Where(key => key.ActsOnDelete && !key.Child.Equals(table, StringComparison.OrdinalIgnoreCase) && regards(key.Child))
            .ToList();
        if (
            keys.Count == 0
            || await Sql.ScalarAsync(
                    connection,
                    transaction,
                    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = @table COLLATE NOCASE",
                    cancellationToken,
                    ("@table", table)
                )
                .ConfigureAwait(false)
                is null
            || await Sql.ScalarAsync(connection, transaction, "PRAGMA foreign_keys", cancellationToken).ConfigureAwait(false) is not 1L
            || await Sql.ScalarAsync(connection, transaction, $"SELECT 1 FROM {SqliteDialect.Quoted(table)} LIMIT 1", cancellationToken)
                .ConfigureAwait(false)
                is null
        )
            return null;

        var told = new List<string>();
        foreach (var key in keys)
        {
            var referring = string.Join(" AND ", key.Columns.Select(static column => $"{SqliteDialect.Quoted(column)} IS NOT NULL"));
            var rows = (long)
                (
                    await Sql.ScalarAsync(
                            connection,
                            transaction,
                            $"SELECT count(*) FROM {SqliteDialect.Quoted(key.Child)} WHERE {referring}",
                            cancellationToken
                        )
                        .ConfigureAwait(false)
                )!;
            if (rows == 0)
                continue;

            var what =
                key.OnDelete == "CASCADE"
                    ? "deletes"
                    : $"sets {string.Join(", ", key.Columns)} to {(key.OnDelete == "SET NULL" ? "NULL" : "its default")} in";
            told.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what} {rows} {(rows == 1 ? "row" : "rows")} of '{key.Child}' (ON DELETE {key.OnDelete})"
                )
            );
        }

        return told.Count == 0 ? null : string.Join(" and ", told);
    }
}
