using System.Data;
using System.Data.Common;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// Journals in a SQLite file of their own, in a closed folder beside the app's: a backup that takes the app's file's place leaves them
/// alone, and a migration that holds the app's write lock doesn't hold up a record.
/// </summary>
internal sealed class SqliteJournal(SqliteDatabase database) : JournalDatabase
{
    // As long as others may take for one record.
    private const string Patience = "PRAGMA busy_timeout = 10000";

    private string? _folder;

    internal override string Title => Path;

    internal override string File => Path;

    internal override bool Exists => System.IO.File.Exists(Path);

    internal override JournalTypes Types { get; } = new("TEXT", "INTEGER", "BLOB");

    private string Folder => _folder ??= database.RealPath + ".deployment";

    private string Path => System.IO.Path.Combine(Folder, "journal.db");

    internal override string Table(string name) => SqliteDialect.Quoted(name);

    internal override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenFileAsync(Path, cancellationToken).ConfigureAwait(false);
        await Sql.ExecuteAsync(connection, null, Patience, cancellationToken).ConfigureAwait(false);
        return connection;
    }

    internal override async Task<JournalLock?> TryLockAsync(string environment, CancellationToken cancellationToken)
    {
        database.Prepare();
        PrivateFolder.Ensure(Folder);
        if (FileLock.TryAcquire(LockOf(environment)) is not { } taken)
            return null;

        DbConnection? connection = null;
        try
        {
            if (!Exists)
            {
                PrivateFile.OpenOrCreate(Path).Dispose();
                DurableFile.FlushDirectory(Folder);
            }

            connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
            // An app's driver may have other defaults, and a commit that a power cut takes back would let an effect go without its record.
            await Sql.ExecuteAsync(connection, null, "PRAGMA journal_mode = TRUNCATE", cancellationToken).ConfigureAwait(false);
            await Sql.ExecuteAsync(connection, null, "PRAGMA synchronous = EXTRA", cancellationToken).ConfigureAwait(false);
            return new SqliteJournalLock(Path, taken, connection);
        }
        catch
        {
            if (connection is not null)
                await connection.DisposeAsync().ConfigureAwait(false);
            taken.Dispose();
            throw;
        }
    }

    internal override Task<bool> IsLockedAsync(string environment, CancellationToken cancellationToken) =>
        Task.FromResult(FileLock.IsHeld(LockOf(environment)));

    internal override async Task<bool> HasTableAsync(DbConnection connection, string name, CancellationToken cancellationToken) =>
        (await SqliteDialect.Instance.FindTablesAsync(connection, null, [name], cancellationToken).ConfigureAwait(false)).Count > 0;

    internal override async Task<DbTransaction> BeginAsync(
        DbConnection connection,
        bool makesTables,
        CancellationToken cancellationToken
    ) => await connection.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken).ConfigureAwait(false);

    internal override Task<string?> WhyNotWritableAsync(CancellationToken cancellationToken)
    {
        PrivateFolder.Check(Folder);
        return Task.FromResult(WriteAccess.WhyNotIn(Folder) ?? WriteAccess.WhyNotTo(Path));
    }

    private string LockOf(string environment) => System.IO.Path.Combine(Folder, environment.ToLowerInvariant() + ".lock");
}

/// <summary>The operating system's lock on a file beside the journals', and a connection to these.</summary>
internal sealed class SqliteJournalLock(string path, FileLock taken, DbConnection connection) : JournalLock
{
    internal override DbConnection Connection => connection;

    // The lock itself dies with the process alone.
    internal override Task<string?> LostAsync(CancellationToken cancellationToken) => Task.FromResult(File.Exists(path) ? null : "removed");

    public override async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        taken.Dispose();
    }
}
