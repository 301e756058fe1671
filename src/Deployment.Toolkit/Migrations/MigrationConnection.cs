using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// The connection that the migrations of one attempt share, and what is known through it: the history is read once, under the lock that
/// keeps others from migrating the database, or again whenever the database says that somebody else wrote. One attempt at a time uses it.
/// </summary>
internal sealed class MigrationConnection(
    TargetDatabase database,
    MigrationSet known,
    TimeProvider time,
    MigrationWriter writer,
    SessionLockRequest request
) : IAsyncDisposable
{
    private readonly Dictionary<string, AppliedMigration> _applied = new(StringComparer.Ordinal);
    private DbConnection? _connection;
    private Catalogue? _catalogue;
    private Catalogue? _earlier;
    private bool _catalogueMayHaveChanged;
    private long? _catalogueSeen;
    private long? _seen;
    private bool? _checksForeignKeys;
    private SessionLock? _lock;
    private bool _isLocked;
    private bool _isRead;
    private bool _agrees;
    private bool _hasTables;

    internal MigrationWriter Writer => writer;

    /// <summary>Tells whoever watches how far it is.</summary>
    internal void Tell(string line) => request.Waiting(line);

    internal ContentNotes Notes { get; } = new();

    /// <summary>What runs now, for a message when it has to be stopped.</summary>
    internal MigrationPlace Place { get; } = new();

    /// <summary>
    /// The database's number of what others have written, as <see cref="FindAsync"/> saw it; <see langword="null"/> where it has none.
    /// </summary>
    internal long? Seen => _seen;

    internal DatabaseDialect Dialect => database.Dialect;

    internal async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_isLocked)
            _lock = await database.LockAsync(request, cancellationToken).ConfigureAwait(false);
        _isLocked = true;
        return _connection ??= await database.OpenSessionAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Refuses when the database's lock was lost.</summary>
    internal Task EnsureHeldAsync(CancellationToken cancellationToken) => _lock?.EnsureHeldAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Begins a transaction: what is read in it still holds at the commit.</summary>
    internal async Task<DbTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
        if (Dialect.CommitsSchemaChanges && !_hasTables)
        {
            // Made within the transaction they would commit it.
            await MigrationHistory.EnsureAsync(Dialect, connection, null, cancellationToken).ConfigureAwait(false);
            await StatementProgress.EnsureTableAsync(Dialect, connection, cancellationToken).ConfigureAwait(false);
            await RepeatableHistory.EnsureAsync(Dialect, connection, null, cancellationToken).ConfigureAwait(false);
            _hasTables = true;
        }

        var transaction = await database.Dialect.BeginAsync(connection, cancellationToken).ConfigureAwait(false);
        if (_lock is not null)
            await _lock.EnterAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        return transaction;
    }

    /// <summary>Commits, if the database's lock was not lost. It is not cancelled any more.</summary>
    internal async Task CommitAsync(DbTransaction transaction)
    {
        if (_lock is not null)
            await _lock.EnsureUntilCommitAsync(_connection!, transaction, CancellationToken.None).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>What to say instead of an error that came of losing the lock; <see langword="null"/> when it did not.</summary>
    internal async Task<DeploymentException?> LossBehindAsync(Exception error)
    {
        // A session's lock is lost with its own connection alone.
        if (_lock?.WhyNotOutside is null || error is DeploymentException { Outcome: DeploymentOutcome.NeedsAttention })
            return null;

        try
        {
            await EnsureHeldAsync(CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (DeploymentException lost)
        {
            return lost;
        }
    }

    /// <summary>Refuses what is to run outside a transaction where the lock doesn't keep others from doing the same.</summary>
    internal void EnsureMayRunOutside(string title)
    {
        if (_lock?.WhyNotOutside is { } why)
            throw DeploymentException.Failed(
                Codes.DatabaseUnavailable,
                $"{title} runs outside a transaction, and can't be run in database '{database.Title}': {why}. Nothing was done of it."
            );
    }

    /// <summary>The history's row of a migration, as it is inside the transaction.</summary>
    internal async Task<AppliedMigration?> FindAsync(string version, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var now = await Dialect.OthersWroteAsync(_connection!, transaction, cancellationToken).ConfigureAwait(false);
        if (now is null ? _lock is null || !_isRead : now != _seen)
        {
            if (now != _catalogueSeen)
                ForgetCatalogue();
            // It makes the history's table.
            CatalogueMayHaveChanged();
            var isWhole = await MigrationHistory.EnsureAsync(Dialect, _connection!, transaction, cancellationToken).ConfigureAwait(false);
            await MigrationHistory
                .EnsureFenceAsync(Dialect, _connection!, transaction, writer.Journal, writer.Fence, cancellationToken)
                .ConfigureAwait(false);
            _applied.Clear();
            _agrees = true;
            foreach (var row in await ReadAsync(transaction, cancellationToken).ConfigureAwait(false))
                _applied[MigrationVersion.Normal(row.Version)] = row;
            // What was added to the history goes with a transaction that is not committed.
            (_seen, _isRead) = (now, isWhole && _agrees);
        }

        return _applied.GetValueOrDefault(MigrationVersion.Normal(version));
    }

    /// <summary>Makes the history agree with those that other tools keep.</summary>
    internal async Task AgreeAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await MigrationHistory.EnsureAsync(Dialect, _connection!, transaction, cancellationToken).ConfigureAwait(false);
        await MigrationHistory
            .EnsureFenceAsync(Dialect, _connection!, transaction, writer.Journal, writer.Fence, cancellationToken)
            .ConfigureAwait(false);
        await ReadAsync(transaction, cancellationToken).ConfigureAwait(false);
        await MigrationHistory.DropIfEmptyAsync(Dialect, _connection!, transaction, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The history, which is made to agree with those that other tools keep.</summary>
    private async Task<IReadOnlyList<AppliedMigration>> ReadAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        var (rows, agreed) = await AgreedHistory
            .ReadAsync(Dialect, _connection!, transaction, known, writer, time.GetUtcNow(), cancellationToken)
            .ConfigureAwait(false);
        _agrees &= agreed;
        return rows;
    }

    /// <summary>The catalogue as it is by now.</summary>
    internal async Task<Catalogue> CatalogueAsync(DbTransaction? transaction, CancellationToken cancellationToken)
    {
        if (
            _catalogue is not null
            && (
                !_catalogueMayHaveChanged
                || await _catalogue.TryReadAddedAsync(_connection!, transaction, cancellationToken).ConfigureAwait(false)
            )
        )
        {
            _catalogueMayHaveChanged = false;
            return _catalogue;
        }

        ForgetCatalogue();
        _catalogueSeen = await Dialect.OthersWroteAsync(_connection!, transaction, cancellationToken).ConfigureAwait(false);
        _catalogue = await Dialect.ReadCatalogueAsync(_connection!, transaction, _earlier, cancellationToken).ConfigureAwait(false);
        (_earlier, _catalogueMayHaveChanged) = (null, false);
        return _catalogue;
    }

    internal async Task<TableReferences> ReferencesAsync(DbTransaction transaction, CancellationToken cancellationToken) =>
        (await CatalogueAsync(transaction, cancellationToken).ConfigureAwait(false)).References;

    /// <summary>Whether this connection enforces foreign keys, which can't change inside a transaction.</summary>
    internal async Task<bool> ChecksForeignKeysAsync(DbTransaction transaction, CancellationToken cancellationToken) =>
        _checksForeignKeys ??= await Dialect.EnforcesForeignKeysAsync(_connection!, transaction, cancellationToken).ConfigureAwait(false);

    /// <summary>The history's row of a migration, as <see cref="FindAsync"/> saw it last.</summary>
    internal AppliedMigration? Known(string version) => _applied.GetValueOrDefault(MigrationVersion.Normal(version));

    internal void Added(string version, AppliedMigration row)
    {
        _applied[MigrationVersion.Normal(version)] = row;
        _isRead = true;
    }

    internal void Removed(string version)
    {
        _applied.Remove(MigrationVersion.Normal(version));
        CatalogueMayHaveChanged();
        // The table itself goes with its last row.
        if (_applied.Count == 0)
            (_seen, _isRead) = (null, false);
    }

    /// <summary>Statements ran: what they made of the catalogue, it is asked.</summary>
    internal void CatalogueMayHaveChanged() => _catalogueMayHaveChanged = true;

    /// <summary>Something ran after which it can't be asked what changed.</summary>
    internal void ForgetCatalogue() => (_earlier, _catalogue) = (_catalogue ?? _earlier, null);

    /// <summary>Closes it: the next migration gets a new one, which knows nothing of what was set on this one.</summary>
    internal async Task CloseAsync()
    {
        var connection = _connection;
        (_connection, _catalogue, _earlier, _seen, _checksForeignKeys) = (null, null, null, null, null);
        Notes.Forget();
        if (connection is not null)
            await database.CloseSessionAsync(connection).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_hasTables)
            await SweepAsync().ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
        if (_lock is not null)
            await _lock.DisposeAsync().ConfigureAwait(false);
        (_lock, _isLocked, _isRead) = (null, false, false);
    }

    // Tables without a row go, as long as nobody else can write one. Where that fails the next one does it.
    private async Task SweepAsync()
    {
        try
        {
            var connection = await OpenAsync(CancellationToken.None).ConfigureAwait(false);
            await EnsureHeldAsync(CancellationToken.None).ConfigureAwait(false);
            foreach (var table in (string[])[OwnTables.Attempts, OwnTables.Repeatables, OwnTables.Migrations])
            {
                if (
                    await Sql.ScalarAsync(connection, null, $"SELECT 1 FROM {Dialect.Own(table)} LIMIT 1", CancellationToken.None)
                        .ConfigureAwait(false)
                    is null
                )
                    await Sql.ExecuteAsync(connection, null, $"DROP TABLE {Dialect.Own(table)}", CancellationToken.None)
                        .ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is DbException or DeploymentException or InvalidOperationException)
        {
            // The connection is gone, or the lock.
        }
    }
}
