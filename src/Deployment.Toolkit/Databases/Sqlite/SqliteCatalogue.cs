using System.Data.Common;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// What a database's catalogue says. It is read whole once; afterwards only what was added, where SQLite's own numbers tell that nothing
/// else happened to it: a run of many migrations would look through all of it after each.
/// </summary>
internal sealed class SqliteCatalogue() : Catalogue(StringComparer.OrdinalIgnoreCase)
{
    private const string Columns = "m.rowid, m.type, m.name, m.tbl_name, coalesce(m.sql, ''), m.rootpage";
    private const string OwnPrefix = "sqlite_";

    private readonly List<string> _virtual = [];
    private long _lastRow;
    private long _version;

    /// <summary>Reads it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">The transaction, where there is one.</param>
    /// <param name="earlier">As it was before: what is the same there isn't read into anew.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<SqliteCatalogue> ReadAsync(
        DbConnection connection,
        DbTransaction? transaction,
        SqliteCatalogue? earlier,
        CancellationToken cancellationToken
    )
    {
        var catalogue = new SqliteCatalogue();
        // The number first: what comes in between, where nothing is locked, is then read again rather than missed.
        var (version, _) = await RowsAsync(connection, transaction, long.MaxValue, cancellationToken).ConfigureAwait(false);
        var (_, rows) = await RowsAsync(connection, transaction, long.MinValue, cancellationToken).ConfigureAwait(false);
        var shadows = rows.Exists(static row => row.IsVirtual)
            ? await ShadowsAsync(connection, transaction, cancellationToken).ConfigureAwait(false)
            : [];
        foreach (var row in rows)
        {
            var isShadow = row.Type == "table" && shadows.Contains(row.Name);
            catalogue.Add(
                row,
                isShadow,
                row.IsVirtual ? SourceOf(row, shadows)
                    : isShadow ? null
                    : row.Name,
                earlier
            );
        }

        if (rows.Exists(static row => row.MayRefer))
            catalogue.References.Add(
                await SqliteForeignKeys.KeysAsync(connection, transaction, null, cancellationToken).ConfigureAwait(false)
            );
        catalogue._version = version;
        return catalogue;
    }

    /// <summary>Reads what was added since.</summary>
    /// <returns>Whether that is all that happened; otherwise it has to be read anew.</returns>
    internal override async Task<bool> TryReadAddedAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        var (version, added) = await RowsAsync(connection, transaction, _lastRow, cancellationToken).ConfigureAwait(false);
        // Every statement that changes the catalogue adds one to its number, and only a CREATE adds something: where both are as many, none
        // did anything else.
        if (version - _version != added.Count(static row => !row.IsOfSqlite) || added.Exists(row => row.IsVirtual || MayBeShadow(row)))
            return false;

        foreach (var row in added)
        {
            Add(row, isShadow: false, row.Name, null);
            if (row.MayRefer)
                References.Add(
                    await SqliteForeignKeys.KeysOfAsync(connection, transaction, row.Name, cancellationToken).ConfigureAwait(false)
                );
        }

        _version = version;
        return true;
    }

    /// <summary>The columns of a table.</summary>
    internal static async Task<IReadOnlyList<CatalogueColumn>> ColumnsAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            transaction,
            "SELECT name, coalesce(dflt_value, ''), pk, hidden FROM pragma_table_xinfo(@table)",
            ("@table", table)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var columns = new List<CatalogueColumn>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            columns.Add(
                new CatalogueColumn(
                    reader.GetString(0),
                    LiteralOf(reader.GetString(1)),
                    reader.GetInt64(2) != 0,
                    reader.GetInt64(3) is 2 or 3
                )
            );
        return columns;
    }

    // A default that is computed when a row is added (CURRENT_TIMESTAMP, an expression) says nothing of a row that is there.
    private static string LiteralOf(string text)
    {
        SqliteToken[] tokens = [.. SqliteTokenizer.ReadSignificant(text)];
        var isSigned =
            tokens.Length == 2 && (tokens[0].Is(text, "-") || tokens[0].Is(text, "+")) && tokens[1].Kind is SqliteTokenKind.Value;
        var isLiteral =
            tokens.Length == 1
            && (
                tokens[0].Kind is SqliteTokenKind.Value or SqliteTokenKind.String or SqliteTokenKind.Blob
                || tokens[0].Is(text, "TRUE")
                || tokens[0].Is(text, "FALSE")
            );
        return isSigned || isLiteral ? $"({text})" : "NULL";
    }

    internal static async Task<long> PragmaAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string name,
        CancellationToken cancellationToken
    ) =>
        await Sql.ScalarAsync(connection, transaction, "PRAGMA " + name, cancellationToken).ConfigureAwait(false) is long value ? value : 0;

    private static async Task<(long Version, List<Row> Rows)> RowsAsync(
        DbConnection connection,
        DbTransaction? transaction,
        long after,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            transaction,
            $"SELECT v.schema_version, {Columns} FROM pragma_schema_version AS v LEFT JOIN sqlite_master AS m ON m.rowid > @after",
            ("@after", after)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<Row>();
        long version = 0;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            version = reader.GetInt64(0);
            if (!reader.IsDBNull(1))
                rows.Add(
                    new Row(
                        reader.GetInt64(1),
                        reader.GetString(2),
                        reader.GetString(3),
                        reader.GetString(4),
                        reader.GetString(5),
                        reader.IsDBNull(6) ? 0 : reader.GetInt64(6)
                    )
                );
        }

        return (version, rows);
    }

    // Only SQLite knows which tables a module keeps for itself.
    private static async Task<HashSet<string>> ShadowsAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            transaction,
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var shadows = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            shadows.Add(reader.GetString(0));
        return shadows;
    }

    private void Add(Row row, bool isShadow, string? source, SqliteCatalogue? earlier)
    {
        _lastRow = Math.Max(_lastRow, row.Id);
        if (row.IsVirtual)
            _virtual.Add(row.Name);
        if (row.IsOfSqlite || row.IsOfToolkit || isShadow)
            return;

        source = row.Type == "table" && source is not null ? SqliteDialect.Quoted(source) : null;
        // The very same, where nothing of it changed: what was read out of its text stays known.
        var found =
            earlier?.Find(row.Type, row.Name) is SqliteObject known
            && known.Table == row.Table
            && known.Sql == row.Sql
            && known.Source == source
                ? known
                : new SqliteObject(row.Type, row.Name, row.Table, row.Sql, source, row.IsVirtual);
        Add(found);
    }

    private bool MayBeShadow(Row row) =>
        row.Type == "table" && _virtual.Exists(name => row.Name.StartsWith(name + "_", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Where the rows of a virtual table are read that keeps them in this database. What SQLite and its modules write for themselves
    /// (sqlite_sequence, sqlite_stat1, the shadow tables of a full-text index, which change at the commit) is nobody's row.
    /// </summary>
    private static string? SourceOf(Row row, HashSet<string> shadows)
    {
        // Without one it keeps nothing here (fts5vocab, dbstat), or its module is missing: then the tables behind it count as tables.
        if (!shadows.Any(shadow => shadow.StartsWith(row.Name + "_", StringComparison.OrdinalIgnoreCase)))
            return null;
        if (!IsTextIndex(row.Sql, out var isContentless) || shadows.Contains(row.Name + "_content"))
            return row.Name;
        // An index over another table holds nothing of its own; one without content has what it was given as sizes only.
        return isContentless && shadows.Contains(row.Name + "_docsize") ? row.Name + "_docsize" : null;
    }

    // CREATE VIRTUAL TABLE name USING fts5(…, content='')
    private static bool IsTextIndex(string sql, out bool isContentless)
    {
        SqliteToken[] tokens = [.. SqliteTokenizer.ReadSignificant(sql)];
        var module = Array.FindIndex(tokens, token => token.Is(sql, "USING")) + 1;
        isContentless = Enumerable
            .Range(0, Math.Max(0, tokens.Length - 2))
            .Any(at => tokens[at].Is(sql, "content") && tokens[at + 1].Is(sql, "=") && tokens[at + 2].In(sql) is "''" or "\"\"");
        return module > 0 && module < tokens.Length && tokens[module].NameIn(sql).StartsWith("fts", StringComparison.OrdinalIgnoreCase);
    }

    private sealed record Row(long Id, string Type, string Name, string Table, string Sql, long RootPage)
    {
        internal bool IsVirtual => Type == "table" && RootPage == 0;

        internal bool IsOfSqlite => Name.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase);

        internal bool IsOfToolkit => OwnTables.Contains(Name);

        internal bool MayRefer => Type == "table" && RootPage > 0 && Sql.Contains("references", StringComparison.OrdinalIgnoreCase);
    }
}
