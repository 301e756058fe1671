using System.Data.Common;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>MySQL and MariaDB, through any driver. One belongs to one database of the app: it knows what that is called.</summary>
internal sealed class MySqlDialect : DatabaseDialect
{
    // Whatever a database has for its own tables: versions differ in every character, and names hold any.
    internal const string TextType = "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    internal const string TableOptions = "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

    /// <summary>For questions that need no database.</summary>
    internal static readonly MySqlDialect Unbound = new();

    internal override string Folder => "mysql";

    internal override HistoryTypes Types { get; } =
        new(
            "bigint NOT NULL AUTO_INCREMENT PRIMARY KEY",
            "varchar(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            TextType,
            "bigint",
            "double"
        );

    /// <summary>What the database is called.</summary>
    internal string? Database { get; set; }

    /// <summary>What the lock of a run is about: the history in this database.</summary>
    internal string LockKey => $"{Database}.{OwnTables.Migrations}";

    internal override string OwnTableOptions => " " + TableOptions;

    internal override bool Recognizes(DbConnection connection) =>
        connection.GetType().Name.Contains("mysql", StringComparison.OrdinalIgnoreCase)
        || connection.GetType().Name.Contains("mariadb", StringComparison.OrdinalIgnoreCase);

    internal override string Identity => "SELECT CONCAT_WS(' ', 'mysql', @@hostname, @@port, DATABASE())";

    internal override Task<DatabaseIdentity?> IdentifyAsync(DbConnection connection, CancellationToken cancellationToken) =>
        MySqlIdentity.AskAsync(connection, cancellationToken);

    internal override bool IsServer => true;

    /// <summary>What journals' tables begin with, which are not the app's; <see langword="null"/> where none are kept.</summary>
    internal string? JournalPrefix { get; private set; }

    internal override JournalDatabase Journals(Func<DbConnection> create, string contentRoot, string schema)
    {
        JournalPrefix = MySqlJournal.PrefixOf(schema);
        return new MySqlJournal(create, schema);
    }

    /// <summary>Where the server's own programs are.</summary>
    internal MySqlPrograms Programs { get; set; } = new(null);

    /// <summary>For a copy of the database: another one, whose name is found anew.</summary>
    internal MySqlDialect ForCopy() => new() { JournalPrefix = JournalPrefix, Programs = Programs };

    internal override TargetDatabase Open(Func<DbConnection> create, string contentRoot) => new MySqlDatabase(this, create);

    internal override string Quote(string name) => MySqlNames.QuotePart(name);

    // By bytes: a collation may take two that differ for the same.
    internal override string Differ(string left, string right) => $"NOT (CAST({left} AS BINARY) <=> CAST({right} AS BINARY))";

    internal override string AsInteger(string value) => $"CAST({value} AS SIGNED)";

    internal override LintDialect Lint => MySqlLint.Instance;

    internal override SqlScript Read(string script, bool isOutsideTransaction = false) => MySqlLexer.Read(script);

    internal override bool HasStatement(string script) => MySqlLexer.HasStatement(script);

    internal override IEnumerable<(string Text, int Start)> Comments(string script) => MySqlLexer.Comments(script);

    internal override void AddNames(string script, HashSet<string> names) => MySqlDestruction.AddNames(script, names);

    internal override bool EditsCatalogue(IReadOnlySet<string> names) => false;

    internal override bool LeavesSessionState(string script) =>
        MySqlLexer.Read(script).Statements.Any(static statement => MySqlSession.IsLeft(statement.Text));

    internal override IReadOnlyList<Removal> RemovalsOf(string script) => MySqlDestruction.Read(script);

    internal override bool OnlyAdds(string script) => MySqlDestruction.OnlyAdds(script);

    internal override bool MakesWhatIsRemoved(string script, IReadOnlyList<Removal> removals) =>
        MySqlDestruction.MakesWhatIsRemoved(script, removals);

    internal override IReadOnlySet<string> NamesIn(string script) => MySqlDestruction.NamesIn(script);

    internal override string? WhyNotInTransaction(string statement) =>
        MySqlStatementRules.Explain(new MySqlWords(statement), inClass: true);

    internal override string? DroppedTable(string statement)
    {
        var words = new MySqlWords(statement);
        if (!words.Take("DROP", "TABLE"))
            return null;
        words.TakeIf();
        return words.TakeTable();
    }

    internal override (int Line, int Column)? Locate(SqlStatement statement, Exception exception, Func<string, string?> prepareError) =>
        MySqlErrorPlace.Find(statement, exception);

    internal override string? MendOf(Exception exception, TargetDatabase database) => MySqlFault.MendOf(exception, database.Title);

    internal override string WordsOf(Exception exception) => MySqlFault.WordsOf(exception);

    internal override DeploymentMessage FaultOf(Exception exception, string? database) => MySqlFault.Of(exception, database);

    internal override bool IsUnreadable(DbException exception) => MySqlFault.NumberOf(exception) is 1142 or 1143;

    internal override Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken) =>
        MySqlTransactions.BeginAsync(connection, cancellationToken);

    internal override Task<RowDigest> DigestAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string select,
        CancellationToken cancellationToken
    ) => MySqlRows.DigestAsync(connection, transaction, select, cancellationToken);

    internal override Task ExecuteAsync(
        DbConnection connection,
        DbTransaction transaction,
        IReadOnlyList<string> statements,
        Action<int> reached,
        CancellationToken cancellationToken
    ) => MySqlSession.ExecuteAsync(connection, transaction, statements.Single(), cancellationToken);

    internal override Task ResetSessionAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        MySqlTransactions.ResetAsync(connection, transaction, cancellationToken);

    internal override async Task<Catalogue> ReadCatalogueAsync(
        DbConnection connection,
        DbTransaction? transaction,
        Catalogue? earlier,
        CancellationToken cancellationToken
    ) => await MySqlCatalogue.ReadAsync(this, connection, transaction, static _ => true, cancellationToken).ConfigureAwait(false);

    internal override Task<IReadOnlyList<CatalogueColumn>> ColumnsAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        CancellationToken cancellationToken
    ) => MySqlColumns.ReadAsync(connection, transaction, table, cancellationToken);

    internal override Task<string?> DefaultOfAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        string column,
        CancellationToken cancellationToken
    ) => MySqlColumns.DefaultAsync(connection, transaction, table, column, cancellationToken);

    internal override Task<IReadOnlySet<string>> FindTablesAsync(
        DbConnection connection,
        DbTransaction? transaction,
        IReadOnlyList<string> tables,
        CancellationToken cancellationToken
    ) => MySqlColumns.FindTablesAsync(connection, transaction, tables, cancellationToken);

    internal override Task<bool> HasColumnAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        string column,
        CancellationToken cancellationToken
    ) => MySqlColumns.HasAsync(connection, transaction, table, column, cancellationToken);

    internal override Task<bool> EnforcesForeignKeysAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => MySqlTransactions.EnforcesForeignKeysAsync(connection, transaction, cancellationToken);

    internal override string? WhyForeignKeysStayOn =>
        "MySQL changes tables in place, and drops none that others refer to. Take the line out, and where a table is made anew, drop the foreign "
        + "keys that refer to it and add them again in the same script.";

    internal override bool RunsOutside(string script) => MySqlStatementRules.RunsOutside(script);

    internal override bool LeavesAllAsItIs(string outside) =>
        MySqlLexer.Read(outside).Statements.All(static statement => MySqlStatementRules.IsUpkeep(new MySqlWords(statement.Text)));

    internal override bool CommitsSchemaChanges => true;

    internal override bool SharesTransaction(string statement) => MySqlStatementRules.Shares(new MySqlWords(statement));

    internal override SessionTrace TraceOf(string statement) => MySqlStatementRules.TraceOf(new MySqlWords(statement));

    internal override Task RunOutsideAsync(
        DbConnection connection,
        string statement,
        EarlierAttempt earlier,
        CancellationToken cancellationToken
    ) => MySqlSession.ExecuteAsync(connection, null, statement, cancellationToken);

    internal override Task<string> StateOfAsync(DbConnection connection, string statement, CancellationToken cancellationToken) =>
        MySqlDoubt.StateAsync(this, connection, statement, cancellationToken);

    internal override Task<StatementEffect> JudgeAsync(
        DbConnection connection,
        string statement,
        string before,
        CancellationToken cancellationToken
    ) => MySqlDoubt.JudgeAsync(this, connection, statement, before, cancellationToken);

    internal override StatementsBack WayBackOf(IReadOnlyList<SqlStatement> done) => MySqlWayBack.Of(done);

    internal override bool IsGoneAlready(DbException exception) =>
        MySqlFault.NumberOf(exception) is 1051 or 1091 or 1146 or 1305 or 1360 or 1539 or 4091 or 4092;
}
