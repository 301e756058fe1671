using System.Data.Common;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Databases;

/// <summary>
/// What the engine has to know of a kind of database: how its scripts read, what its statements do, and how its catalogue is asked. One
/// folder a dialect; nothing outside of it names its types. The methods that take a connection keep to it and to its transaction.
/// </summary>
internal abstract class DatabaseDialect
{
    /// <summary>What a folder of scripts is called that are for databases of this kind alone, in lower case.</summary>
    internal abstract string Folder { get; }

    /// <summary>The types of the history's columns.</summary>
    internal abstract HistoryTypes Types { get; }

    /// <summary>The numbers that the app keeps in the database beside its tables, by their names.</summary>
    internal virtual IReadOnlyList<string> Settings => [];

    /// <summary>
    /// What identifies a row of a table that has no key for as long as the row is there, as SQL; <see langword="null"/> when nothing does.
    /// </summary>
    internal virtual string? RowId => null;

    /// <summary>How names compare, once they are read out of a script or the catalogue.</summary>
    internal virtual StringComparer Names => StringComparer.OrdinalIgnoreCase;

    /// <summary>How statements call a table that the toolkit keeps for itself.</summary>
    /// <param name="table">Its name, which needs no quotes.</param>
    internal virtual string Own(string table) => table;

    /// <summary>How the catalogue calls a table that lies in a schema, or in none that is named.</summary>
    internal virtual string NameOf(string? schema, string name) => name;

    /// <summary>What stands behind the columns where the toolkit makes a table.</summary>
    internal virtual string OwnTableOptions => "";

    /// <summary>Whether a driver's connections lead to databases of this kind.</summary>
    internal abstract bool Recognizes(DbConnection connection);

    /// <summary>The app's database.</summary>
    /// <param name="create">Makes a closed connection of the app's driver.</param>
    /// <param name="contentRoot">The app's content root.</param>
    internal abstract TargetDatabase Open(Func<DbConnection> create, string contentRoot);

    /// <summary>Where a database of this kind keeps the app's journals.</summary>
    /// <param name="create">Makes a closed connection of the app's driver.</param>
    /// <param name="contentRoot">The app's content root.</param>
    /// <param name="schema">Where the database has schemas, the one that holds them.</param>
    internal abstract JournalDatabase Journals(Func<DbConnection> create, string contentRoot, string schema);

    /// <summary>Whether the database is a server's, which other machines reach too.</summary>
    internal virtual bool IsServer => false;

    /// <summary>
    /// Asks which server, database and schema a connection leads to, whatever it is called; <see langword="null"/> where a path says it.
    /// </summary>
    internal virtual string? Identity => null;

    /// <summary>Asks which database it is by what no name changes; <see langword="null"/> where that can't be asked.</summary>
    internal abstract Task<DatabaseIdentity?> IdentifyAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>What can be asked of every database of this kind, and is answered only by one.</summary>
    internal virtual string Question => "SELECT 1";

    /// <summary>Refuses a connection whose opening would make a database that somebody else has to make.</summary>
    /// <param name="connection">The connection, closed.</param>
    /// <param name="name">What messages call the dependency.</param>
    internal virtual void EnsureThere(DbConnection connection, string name) { }

    /// <summary>Quotes a name.</summary>
    internal abstract string Quote(string name);

    /// <summary>Whether two expressions differ, NULL counting as a value, as SQL.</summary>
    internal abstract string Differ(string left, string right);

    /// <summary>
    /// What its statements do to rows, locks and the release that runs; <see langword="null"/> where nobody has written it down.
    /// </summary>
    internal virtual LintDialect? Lint => null;

    /// <summary>A value as a whole number of 64 bits, as SQL.</summary>
    internal virtual string AsInteger(string value) => $"CAST({value} AS {Types.Integer})";

    /// <summary>Cuts a script into statements and says what can't work.</summary>
    /// <param name="script">The script, with or without a byte order mark.</param>
    /// <param name="isOutsideTransaction">Whether it is to run outside a transaction.</param>
    internal abstract SqlScript Read(string script, bool isOutsideTransaction = false);

    /// <summary>Whether a script holds a statement, and not only comments and semicolons.</summary>
    internal abstract bool HasStatement(string script);

    /// <summary>The comments of a line each, without what begins them, and where they begin.</summary>
    internal abstract IEnumerable<(string Text, int Start)> Comments(string script);

    /// <summary>Adds every name in a script to those that are known.</summary>
    internal abstract void AddNames(string script, HashSet<string> names);

    /// <summary>
    /// Whether a script that speaks of these names may change the catalogue by hand, after which nothing can be told from names.
    /// </summary>
    internal abstract bool EditsCatalogue(IReadOnlySet<string> names);

    /// <summary>Whether something of a script may stay on the connection.</summary>
    internal abstract bool LeavesSessionState(string script);

    /// <summary>What a down script removes; <see cref="Removal.OfAnything"/> where it can't be told.</summary>
    internal abstract IReadOnlyList<Removal> RemovalsOf(string script);

    /// <summary>Whether a script can change no row that is there.</summary>
    internal abstract bool OnlyAdds(string script);

    /// <summary>Whether all that a way back removes is what this script, its migration, makes empty.</summary>
    internal abstract bool MakesWhatIsRemoved(string script, IReadOnlyList<Removal> removals);

    /// <summary>Every name that a script uses for a table, a column or the like.</summary>
    internal abstract IReadOnlySet<string> NamesIn(string script);

    /// <summary>Why a statement of a migration in C# can't run in its transaction; <see langword="null"/> when it can.</summary>
    internal abstract string? WhyNotInTransaction(string statement);

    /// <summary>The table that a statement drops; <see langword="null"/> when it drops none.</summary>
    internal abstract string? DroppedTable(string statement);

    /// <summary>The tables that a script rebuilds by dropping them, where rows of others may go along.</summary>
    internal virtual IReadOnlyList<TableRebuild> Rebuilds(SqlScript script) => [];

    /// <summary>What dropping a table would do to rows of others; <see langword="null"/> when nothing.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">Its transaction, where there is one.</param>
    /// <param name="table">The table.</param>
    /// <param name="regards">Which others count.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal virtual Task<string?> DropConsequencesAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        Func<string, bool> regards,
        CancellationToken cancellationToken
    ) => Task.FromResult<string?>(null);

    /// <summary>Where in the script a statement's error is; <see langword="null"/> when the driver doesn't tell.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="exception">What the driver said.</param>
    /// <param name="prepareError">Prepares another text: what the driver says, or nothing.</param>
    internal abstract (int Line, int Column)? Locate(SqlStatement statement, Exception exception, Func<string, string?> prepareError);

    /// <summary>
    /// What whoever wrote a script does about an error, as the beginning of a sentence; <see langword="null"/> when it is about the
    /// statement itself.
    /// </summary>
    internal abstract string? MendOf(Exception exception, TargetDatabase database);

    /// <summary>What a driver's error says, for people.</summary>
    internal virtual string WordsOf(Exception exception) => exception.Message;

    /// <summary>What a driver's error says of a database as a whole.</summary>
    /// <param name="exception">The error.</param>
    /// <param name="database">Its title; <see langword="null"/> where it isn't known.</param>
    internal abstract DeploymentMessage FaultOf(Exception exception, string? database);

    /// <summary>Whether a driver says that the database is damaged.</summary>
    internal virtual bool IsDamage(Exception exception) => false;

    /// <summary>Whether a driver says that rows can't be read for want of something that only the app registers.</summary>
    internal virtual bool IsUnreadable(DbException exception) => false;

    /// <summary>Begins a transaction in which what is read still holds at the commit, as far as the database can promise that.</summary>
    internal abstract Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Asks what may fail without taking the transaction along.</summary>
    internal virtual Task<T> TryAsync<T>(DbTransaction? transaction, Func<Task<T>> ask, CancellationToken cancellationToken) => ask();

    /// <summary>Takes the digest of what a query returns; where it fails, the transaction goes on.</summary>
    internal virtual Task<RowDigest> DigestAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string select,
        CancellationToken cancellationToken
    ) => RowDigest.ReadAsync(connection, transaction, select, cancellationToken);

    /// <summary>Whether a statement is sent together with those beside it that are, so that not each waits for the answer before.</summary>
    internal virtual bool IsSentTogether(string statement) => false;

    /// <summary>Runs a statement of a script inside its transaction, or several that are sent together.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="statements">The statements.</param>
    /// <param name="reached">Told which of several it has come to, as far as the server has answered.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal virtual Task ExecuteAsync(
        DbConnection connection,
        DbTransaction transaction,
        IReadOnlyList<string> statements,
        Action<int> reached,
        CancellationToken cancellationToken
    ) => Sql.ExecuteAsync(connection, transaction, statements.Single(), cancellationToken);

    /// <summary>
    /// Keeps others from writing until the transaction ends, where it does not do so by itself: what is copied then is what there is.
    /// </summary>
    internal virtual Task KeepOthersFromWritingAsync(
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    ) => Task.CompletedTask;

    /// <summary>Takes back what a script has set for the connection, so that what the toolkit writes is not written under it.</summary>
    internal virtual Task ResetSessionAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>A number that is another one once somebody else has written; <see langword="null"/> where there is none.</summary>
    internal virtual Task<long?> OthersWroteAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => Task.FromResult<long?>(null);

    /// <summary>Reads the catalogue.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">Its transaction, where there is one.</param>
    /// <param name="earlier">As it was before: what is the same there isn't read into anew.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal abstract Task<Catalogue> ReadCatalogueAsync(
        DbConnection connection,
        DbTransaction? transaction,
        Catalogue? earlier,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Whether a change of a table's rows can pass on to another's: where nothing is there to pass it on, the catalogue need not be read.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="removes">Whether rows may be removed, so that foreign keys count.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal virtual Task<bool> MayPassOnAsync(
        DbConnection connection,
        DbTransaction transaction,
        bool removes,
        CancellationToken cancellationToken
    ) => Task.FromResult(true);

    /// <summary>What makes an object, in lines that are the same where two texts mean the same.</summary>
    internal virtual IReadOnlyList<string> ShapeOf(CatalogueObject found) => [found.Sql];

    /// <summary>A table's columns.</summary>
    internal abstract Task<IReadOnlyList<CatalogueColumn>> ColumnsAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        CancellationToken cancellationToken
    );

    /// <summary>What a column holds in a row that says nothing of it, as SQL; <see langword="null"/> when nothing.</summary>
    internal abstract Task<string?> DefaultOfAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        string column,
        CancellationToken cancellationToken
    );

    /// <summary>One of <see cref="Settings"/>.</summary>
    internal virtual Task<long> SettingAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string name,
        CancellationToken cancellationToken
    ) => Task.FromResult(0L);

    /// <summary>
    /// Numbers that hand out the next key, by their names: one that is behind where it was hands out what is in use.
    /// </summary>
    internal virtual Task<IReadOnlyDictionary<string, long>> CountersAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyDictionary<string, long>>(new Dictionary<string, long>());

    /// <summary>Whose things are and who may do what with them, in lines, where the database keeps that.</summary>
    internal virtual Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> AccessAsync(
        DbConnection connection,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyDictionary<string, IReadOnlyList<string>>>(new Dictionary<string, IReadOnlyList<string>>());

    /// <summary>Which of these tables are there.</summary>
    internal abstract Task<IReadOnlySet<string>> FindTablesAsync(
        DbConnection connection,
        DbTransaction? transaction,
        IReadOnlyList<string> tables,
        CancellationToken cancellationToken
    );

    /// <summary>Whether a table that is there has a column.</summary>
    internal abstract Task<bool> HasColumnAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        string column,
        CancellationToken cancellationToken
    );

    /// <summary>Whether foreign keys are enforced on this connection.</summary>
    internal virtual Task<bool> EnforcesForeignKeysAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => Task.FromResult(true);

    /// <summary>
    /// Why foreign keys are never switched off for a migration, and what to do instead; <see langword="null"/> where they can be.
    /// </summary>
    internal virtual string? WhyForeignKeysStayOn => null;

    /// <summary>Switches foreign keys off for a connection on which no transaction was begun.</summary>
    /// <returns>Why that can't be; <see langword="null"/> when they are off.</returns>
    internal virtual Task<string?> SwitchForeignKeysOffAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult(WhyForeignKeysStayOn);

    /// <summary>How many rows of a table refer to rows of another that aren't there, where there are any.</summary>
    internal virtual Task<IReadOnlyDictionary<(string Table, string Parent), long>> BrokenReferencesAsync(
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyDictionary<(string Table, string Parent), long>>(new Dictionary<(string Table, string Parent), long>());

    /// <summary>Whether a script can only run outside a transaction, also where it doesn't say so.</summary>
    internal virtual bool RunsOutside(string script) => false;

    /// <summary>Whether a script that runs outside a transaction leaves schema and rows as they are, so that nothing has to be taken
    /// back.</summary>
    internal virtual bool LeavesAllAsItIs(string outside) => true;

    /// <summary>Whether it matters which statements outside a transaction were done.</summary>
    internal virtual bool NotesOutsideProgress => false;

    /// <summary>Runs a statement outside a transaction.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="statement">The statement, which is one that may stand there.</param>
    /// <param name="earlier">What an attempt that was cut off has done of it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InvalidOperationException">It went well, and did not do what it says.</exception>
    internal virtual Task RunOutsideAsync(
        DbConnection connection,
        string statement,
        EarlierAttempt earlier,
        CancellationToken cancellationToken
    ) => Sql.ExecuteAsync(connection, null, statement, cancellationToken);

    /// <summary>Takes back what an attempt that was cut off has left of a statement outside a transaction.</summary>
    internal virtual Task TakeBackOutsideAsync(
        DbConnection connection,
        string statement,
        EarlierAttempt earlier,
        CancellationToken cancellationToken
    ) => Task.CompletedTask;

    /// <summary>
    /// Whether a change of the schema commits whatever was before it and itself, so that scripts that have one run statement by statement.
    /// The members below are asked where it does.
    /// </summary>
    internal virtual bool CommitsSchemaChanges => false;

    /// <summary>Whether a statement can be taken back until a transaction around it is committed.</summary>
    internal virtual bool SharesTransaction(string statement) => true;

    /// <summary>What a statement leaves on its connection that a later one lacks.</summary>
    internal virtual SessionTrace TraceOf(string statement) => SessionTrace.None;

    /// <summary>What the objects that a statement names look like now, in a line that is another once one of them is.</summary>
    internal virtual Task<string> StateOfAsync(DbConnection connection, string statement, CancellationToken cancellationToken) =>
        Task.FromResult("");

    /// <summary>What became of a statement that was sent, and of which nobody noted that it was done.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="before">What <see cref="StateOfAsync"/> said before it was sent.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal virtual Task<StatementEffect> JudgeAsync(
        DbConnection connection,
        string statement,
        string before,
        CancellationToken cancellationToken
    ) => Task.FromResult(StatementEffect.NotDone);

    /// <summary>What takes back the first statements of a script, which were done.</summary>
    internal virtual StatementsBack WayBackOf(IReadOnlyList<SqlStatement> done) => new([], done.Count > 0 ? done[^1] : null);

    /// <summary>Whether a driver says that what is to be dropped isn't there.</summary>
    internal virtual bool IsGoneAlready(DbException exception) => false;
}
