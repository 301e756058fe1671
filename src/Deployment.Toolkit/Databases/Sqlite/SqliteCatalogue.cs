using System.Data.Common;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>What a database's catalogue says of its tables.</summary>
internal static class SqliteCatalogue
{
    private const string History = "deployment_migrations";
    private const string Attempts = "deployment_migration_attempts";

    /// <summary>
    /// Where the app's rows are read: its ordinary tables, and the virtual ones that keep rows in this database. What SQLite and its modules
    /// write for themselves (sqlite_sequence, sqlite_stat1, the shadow tables of a full-text index, which change at the commit) is nobody's row.
    /// </summary>
    /// <returns>Name of the app's table, and the one to read it from.</returns>
    internal static async Task<IReadOnlyList<(string Table, string Source)>> TablesAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        var all = await RowsAsync(
            connection,
            transaction,
            """
            SELECT l.name, l.type, coalesce(m.sql, '') FROM pragma_table_list AS l JOIN sqlite_master AS m ON m.type = 'table' AND m.name = l.name
            WHERE l.schema = 'main' AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND l.type IN ('table', 'virtual', 'shadow') ORDER BY l.name
            """,
            cancellationToken).ConfigureAwait(false);
        var shadows = all.Where(static row => row[1] == "shadow").Select(static row => row[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var tables = new List<(string, string)>();
        foreach (var row in all)
        {
            var (name, sql) = (row[0], row[2]);
            if (row[1] == "table" && name is not (History or Attempts)) tables.Add((name, name));
            // Without one it keeps nothing here (fts5vocab, dbstat), or its module is missing: then the tables behind it count as tables.
            if (row[1] != "virtual" || !shadows.Any(shadow => shadow.StartsWith(name + "_", StringComparison.OrdinalIgnoreCase))) continue;

            if (!IsTextIndex(sql, out var isContentless) || shadows.Contains(name + "_content")) tables.Add((name, name));
            // An index over another table holds nothing of its own; one without content has what it was given as sizes only.
            else if (isContentless && shadows.Contains(name + "_docsize")) tables.Add((name, name + "_docsize"));
        }

        return tables;
    }

    /// <summary>Names and what makes each: tables, indexes, views and triggers of the app.</summary>
    internal static async Task<IReadOnlyList<(string Type, string Name, string Sql)>> ObjectsAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(
            connection,
            transaction,
            $"""
            SELECT m.type, m.name, coalesce(m.sql, '') FROM sqlite_master AS m
            WHERE m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name NOT IN ('{History}', '{Attempts}')
              AND m.name NOT IN (SELECT l.name FROM pragma_table_list AS l WHERE l.schema = 'main' AND l.type = 'shadow')
            """,
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(static row => (row[0], row[1], row[2]))];
    }

    /// <summary>The columns of a table: name, default, place in the primary key, and whether it is computed from others.</summary>
    internal static async Task<IReadOnlyList<SqliteColumn>> ColumnsAsync(DbConnection connection, DbTransaction? transaction, string table, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(connection, transaction, "SELECT name, coalesce(dflt_value, ''), pk, hidden FROM pragma_table_xinfo(@table)", cancellationToken, ("@table", table)).ConfigureAwait(false);
        return [.. rows.Select(static row => new SqliteColumn(row[0], row[1], row[2] != "0", row[3] is "2" or "3"))];
    }

    /// <summary>What happens by itself when rows of a table change: its triggers' events, and the tables that foreign keys change along.</summary>
    internal static async Task<(IReadOnlySet<string> Triggers, IReadOnlyList<string> Children)> ConsequencesAsync(
        DbConnection connection, DbTransaction? transaction, string table, CancellationToken cancellationToken)
    {
        var triggers = await RowsAsync(
            connection, transaction, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = @table COLLATE NOCASE", cancellationToken, ("@table", table)).ConfigureAwait(false);
        var children = await RowsAsync(
            connection,
            transaction,
            """
            SELECT DISTINCT m.name FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS k
            WHERE m.type = 'table' AND k."table" = @table COLLATE NOCASE AND (k.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT') OR k.on_update IN ('CASCADE', 'SET NULL', 'SET DEFAULT'))
              AND (SELECT foreign_keys FROM pragma_foreign_keys) = 1
            """,
            cancellationToken,
            ("@table", table)).ConfigureAwait(false);
        return (triggers.Select(static row => EventOf(row[0])).ToHashSet(StringComparer.Ordinal), [.. children.Select(static row => row[0])]);
    }

    internal static async Task<long> PragmaAsync(DbConnection connection, DbTransaction? transaction, string name, CancellationToken cancellationToken) =>
        await SqliteDatabase.ScalarAsync(connection, transaction, "PRAGMA " + name, cancellationToken).ConfigureAwait(false) is long value ? value : 0;

    private static async Task<List<string[]>> RowsAsync(
        DbConnection connection, DbTransaction? transaction, string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var command = SqliteDatabase.Command(connection, transaction, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<string[]>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => Convert.ToString(reader.GetValue(column), System.Globalization.CultureInfo.InvariantCulture)!)]);
        return rows;
    }

    // CREATE VIRTUAL TABLE name USING fts5(…, content='')
    private static bool IsTextIndex(string sql, out bool isContentless)
    {
        SqliteToken[] tokens = [.. SqliteTokenizer.ReadSignificant(sql)];
        var module = Array.FindIndex(tokens, token => token.Is(sql, "USING")) + 1;
        isContentless = Enumerable.Range(0, Math.Max(0, tokens.Length - 2)).Any(at => tokens[at].Is(sql, "content") && tokens[at + 1].Is(sql, "=") && tokens[at + 2].In(sql) is "''" or "\"\"");
        return module > 0 && module < tokens.Length && tokens[module].NameIn(sql).StartsWith("fts", StringComparison.OrdinalIgnoreCase);
    }

    // CREATE TRIGGER name [BEFORE | AFTER | INSTEAD OF] event: a name that is one of these words has to be quoted.
    private static string EventOf(string sql) =>
        SqliteTokenizer.ReadSignificant(sql).Where(static token => token.Kind is SqliteTokenKind.Word).Select(token => token.In(sql).ToString().ToUpperInvariant())
            .FirstOrDefault(static word => word is "INSERT" or "UPDATE" or "DELETE") ?? "";
}

/// <summary>A column as the catalogue has it; no default is an empty text.</summary>
internal sealed record SqliteColumn(string Name, string Default, bool IsKey, bool IsComputed);
