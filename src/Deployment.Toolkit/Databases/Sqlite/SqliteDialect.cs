using System.Data;
using System.Data.Common;
using Deployment.Toolkit.Lint;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>SQLite, through any driver.</summary>
internal sealed class SqliteDialect : DatabaseDialect
{
    internal static readonly SqliteDialect Instance = new();

    private SqliteDialect() { }

    internal override string Folder => "sqlite";

    internal override HistoryTypes Types { get; } = new("INTEGER PRIMARY KEY", "TEXT", "TEXT", "INTEGER", "REAL");

    internal override IReadOnlyList<string> Settings { get; } = ["user_version", "application_id"];

    internal override string RowId => "rowid";

    internal override bool Recognizes(DbConnection connection) =>
        connection.GetType().Name.Contains("sqlite", StringComparison.OrdinalIgnoreCase);

    internal override TargetDatabase Open(Func<DbConnection> create, string contentRoot) => new SqliteDatabase(create, contentRoot);

    internal override JournalDatabase Journals(Func<DbConnection> create, string contentRoot, string schema) =>
        new SqliteJournal(new SqliteDatabase(create, contentRoot));

    internal override async Task<DatabaseIdentity?> IdentifyAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(connection, null, "SELECT file FROM pragma_database_list WHERE name = 'main'", cancellationToken)
            .ConfigureAwait(false)
            is string { Length: > 0 } path
        && FileIdentity.Of(path) is { } file
            ? new DatabaseIdentity($"sqlite {file}", "")
            : null;

    // Nothing is read by SELECT 1 in SQLite, not even whether the file is a database.
    internal override string Question => "SELECT count(*) FROM sqlite_master";

    internal override void EnsureThere(DbConnection connection, string name) => SqliteFile.EnsureThere(name, connection);

    internal override IReadOnlyList<string> ShapeOf(CatalogueObject found) => SqliteShape.Of(found.Sql);

    internal override string Quote(string name) => Quoted(name);

    internal static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    internal override string Differ(string left, string right) => $"{left} IS NOT {right}";

    internal override LintDialect Lint => SqliteLint.Instance;

    internal override SqlScript Read(string script, bool isOutsideTransaction = false) => SqliteLexer.Read(script, isOutsideTransaction);

    internal override bool HasStatement(string script) => SqliteLexer.HasStatement(script);

    internal override IEnumerable<(string Text, int Start)> Comments(string script) => SqliteLexer.Comments(script);

    internal override void AddNames(string script, HashSet<string> names) => SqliteNames.Add(script, names);

    internal override bool EditsCatalogue(IReadOnlySet<string> names) =>
        names.Contains("writable_schema") || names.Contains("schema_version");

    internal override bool LeavesSessionState(string script) =>
        script.Contains("pragma", StringComparison.OrdinalIgnoreCase) || script.Contains("temp", StringComparison.OrdinalIgnoreCase);

    internal override IReadOnlyList<Removal> RemovalsOf(string script) => DestructiveStatements.Read(script);

    internal override bool OnlyAdds(string script) => DestructiveStatements.OnlyAdds(script);

    internal override bool MakesWhatIsRemoved(string script, IReadOnlyList<Removal> removals) =>
        DestructiveStatements.MakesWhatIsRemoved(script, removals);

    internal override IReadOnlySet<string> NamesIn(string script) => DestructiveStatements.Names(script);

    internal override string? WhyNotInTransaction(string statement) => SqliteTransactionRules.Explain(statement, inClass: true);

    internal override string? DroppedTable(string statement) => SqliteDrops.TableOf(statement);

    internal override IReadOnlyList<TableRebuild> Rebuilds(SqlScript script) => RebuildShape.Find(script);

    internal override Task<string?> DropConsequencesAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        Func<string, bool> regards,
        CancellationToken cancellationToken
    ) => SqliteDrops.ConsequencesAsync(connection, transaction, table, regards, cancellationToken);

    internal override (int Line, int Column)? Locate(SqlStatement statement, Exception exception, Func<string, string?> prepareError) =>
        SqlErrorLocator.Locate(statement, exception.Message, prepareError);

    internal override string? MendOf(Exception exception, TargetDatabase database) => SqliteFault.MendOf(exception, database.Title);

    internal override DeploymentMessage FaultOf(Exception exception, string? database) => SqliteFault.Of(exception, database);

    internal override bool IsDamage(Exception exception) => DamagedDatabase.IsTold(exception);

    // By SQLite's own words, which every driver hands on.
    internal override bool IsUnreadable(DbException exception) => IsUnread(exception);

    internal static bool IsUnread(DbException exception) =>
        exception.Message.Contains("no such collation sequence", StringComparison.Ordinal)
        || exception.Message.Contains("no query solution", StringComparison.Ordinal);

    // Takes the write lock at once.
    internal override async Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await connection.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken).ConfigureAwait(false);

    internal override async Task<long?> OthersWroteAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => await SqliteCatalogue.PragmaAsync(connection, transaction, "data_version", cancellationToken).ConfigureAwait(false);

    internal override async Task<Catalogue> ReadCatalogueAsync(
        DbConnection connection,
        DbTransaction? transaction,
        Catalogue? earlier,
        CancellationToken cancellationToken
    ) => await SqliteCatalogue.ReadAsync(connection, transaction, (SqliteCatalogue?)earlier, cancellationToken).ConfigureAwait(false);

    internal override Task<IReadOnlyList<CatalogueColumn>> ColumnsAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        CancellationToken cancellationToken
    ) => SqliteCatalogue.ColumnsAsync(connection, transaction, table, cancellationToken);

    internal override async Task<string?> DefaultOfAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        string column,
        CancellationToken cancellationToken
    ) =>
        await Sql.ScalarAsync(
                connection,
                transaction,
                "SELECT dflt_value FROM pragma_table_info(@table) WHERE name = @column COLLATE NOCASE",
                cancellationToken,
                ("@table", table),
                ("@column", column)
            )
            .ConfigureAwait(false) as string;

    internal override Task<long> SettingAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string name,
        CancellationToken cancellationToken
    ) => SqliteCatalogue.PragmaAsync(connection, transaction, name, cancellationToken);

    internal override async Task<IReadOnlySet<string>> FindTablesAsync(
        DbConnection connection,
        DbTransaction? transaction,
        IReadOnlyList<string> tables,
        CancellationToken cancellationToken
    ) =>
        (
            await Sql.TextsAsync(
                    connection,
                    transaction,
                    tables,
                    static names => $"SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ({names})",
                    cancellationToken
                )
                .ConfigureAwait(false)
        ).ToHashSet(StringComparer.Ordinal);

    internal override async Task<bool> HasColumnAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        string column,
        CancellationToken cancellationToken
    ) =>
        await Sql.ScalarAsync(
                connection,
                transaction,
                "SELECT 1 FROM pragma_table_info(@table) WHERE name = @column",
                cancellationToken,
                ("@table", table),
                ("@column", column)
            )
            .ConfigureAwait(false)
            is not null;

    internal override async Task<bool> EnforcesForeignKeysAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => await SqliteCatalogue.PragmaAsync(connection, transaction, "foreign_keys", cancellationToken).ConfigureAwait(false) == 1;

    internal override async Task<string?> SwitchForeignKeysOffAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await Sql.ExecuteAsync(connection, null, "PRAGMA foreign_keys = OFF", cancellationToken).ConfigureAwait(false);
        return await EnforcesForeignKeysAsync(connection, null, cancellationToken).ConfigureAwait(false)
            ? "the app's driver keeps them on. Nothing was run. Let the app bring a driver that takes 'PRAGMA foreign_keys = OFF'."
            : null;
    }

    internal override async Task<IReadOnlyDictionary<(string Table, string Parent), long>> BrokenReferencesAsync(
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            transaction,
            "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var broken = new Dictionary<(string, string), long>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            broken[(reader.GetString(0), reader.GetString(1))] = reader.GetInt64(2);
        return broken;
    }

    internal override async Task RunOutsideAsync(
        DbConnection connection,
        string statement,
        EarlierAttempt earlier,
        CancellationToken cancellationToken
    )
    {
        var answer = await Sql.ScalarAsync(connection, null, statement, cancellationToken).ConfigureAwait(false);
        // A journal mode that can't be had now is no error to SQLite: it says which one stays.
        if (
            SqliteTransactionRules.WantedJournalMode(statement) is { } wanted
            && answer is string mode
            && !mode.Equals(wanted, StringComparison.OrdinalIgnoreCase)
        )
            throw new InvalidOperationException(
                $"the journal mode stays '{mode}': another connection has the database open, or the file can't have that mode"
            );
    }
}
