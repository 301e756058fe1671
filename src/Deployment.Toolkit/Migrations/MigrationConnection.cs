using System.Data;
using System.Data.Common;
using Deployment.Toolkit.Databases.Sqlite;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// The connection that the migrations of one attempt share, and what is known through it: the history is read once, and again only when
/// SQLite says that somebody else wrote. One attempt at a time uses it.
/// </summary>
internal sealed class MigrationConnection(SqliteDatabase database, MigrationWriter writer) : IAsyncDisposable
{
    private readonly Dictionary<string, AppliedMigration> _applied = new(StringComparer.Ordinal);
    private DbConnection? _connection;
    private SqliteReferences? _references;
    private long? _seen;
    private bool? _checksForeignKeys;

    internal MigrationWriter Writer => writer;

    internal ContentNotes Notes { get; } = new();

    /// <summary>What runs now, for a message when it has to be stopped.</summary>
    internal MigrationPlace Place { get; } = new();

    /// <summary>SQLite's number of what others have written, as <see cref="FindAsync"/> saw it.</summary>
    internal long Seen => _seen ?? 0;

    internal static async Task<long> VersionAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken) =>
        (long)(await SqliteDatabase.ScalarAsync(connection, transaction, "PRAGMA data_version", cancellationToken).ConfigureAwait(false))!;

    internal async Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => _connection ??= await database.OpenAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Takes SQLite's write lock at once: what is read afterwards still holds at the commit.</summary>
    internal async Task<DbTransaction> BeginAsync(CancellationToken cancellationToken) =>
        await (await OpenAsync(cancellationToken).ConfigureAwait(false)).BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken).ConfigureAwait(false);

    /// <summary>The history's row of a migration, as it is inside the transaction.</summary>
    internal async Task<AppliedMigration?> FindAsync(string version, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var now = await VersionAsync(_connection!, transaction, cancellationToken).ConfigureAwait(false);
        if (now != _seen)
        {
            await MigrationHistory.EnsureAsync(_connection!, transaction, cancellationToken).ConfigureAwait(false);
            await MigrationHistory.EnsureFenceAsync(_connection!, transaction, writer, cancellationToken).ConfigureAwait(false);
            _applied.Clear();
            foreach (var row in await MigrationHistory.ReadAsync(_connection!, transaction, cancellationToken).ConfigureAwait(false)) _applied[MigrationVersion.Normal(row.Version)] = row;
            _seen = now;
        }

        return _applied.GetValueOrDefault(MigrationVersion.Normal(version));
    }

    internal async Task<SqliteReferences> ReferencesAsync(DbTransaction transaction, CancellationToken cancellationToken) =>
        _references ??= await SqliteReferences.ReadAsync(_connection!, transaction, cancellationToken).ConfigureAwait(false);

    /// <summary>Whether this connection enforces foreign keys, which can't change inside a transaction.</summary>
    internal async Task<bool> ChecksForeignKeysAsync(DbTransaction transaction, CancellationToken cancellationToken) =>
        _checksForeignKeys ??= await SqliteDatabase.ScalarAsync(_connection!, transaction, "PRAGMA foreign_keys", cancellationToken).ConfigureAwait(false) is 1L;

    internal void Added(string version, AppliedMigration row) => _applied[MigrationVersion.Normal(version)] = row;

    internal void Removed(string version)
    {
        _applied.Remove(MigrationVersion.Normal(version));
        // The table itself goes with its last row.
        if (_applied.Count == 0) _seen = null;
    }

    /// <summary>Which tables refer to which may have changed.</summary>
    internal void ForgetReferences() => _references = null;

    /// <summary>Closes it: the next migration gets a new one, which knows nothing of what was set on this one.</summary>
    internal async Task CloseAsync()
    {
        var connection = _connection;
        (_connection, _references, _seen, _checksForeignKeys) = (null, null, null, null);
        Notes.Forget();
        if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);
}
