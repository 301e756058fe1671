using System.Data.Common;
using Deployment.Toolkit.Databases.Sqlite;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// What the tables hold, kept between the migrations of a run: every row is read once, before the write lock is taken where the app lets that
/// be, and then only the tables that a migration can have changed, unless somebody else wrote in between.
/// </summary>
internal sealed class ContentNotes
{
    private TableContents? _contents;
    private long _version;
    private bool _isNoted;

    /// <summary>Reads the tables while others can still write.</summary>
    internal async Task PrepareAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (_contents is not null) return;

        var version = await MigrationConnection.VersionAsync(connection, null, cancellationToken).ConfigureAwait(false);
        (_contents, _version, _isNoted) = (await TableContents.TakeAsync(connection, null, cancellationToken).ConfigureAwait(false), version, false);
    }

    /// <summary>What the tables hold before a migration, in its transaction: as it is noted.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="version">SQLite's number of what others have written, in the transaction.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<string> BeforeAsync(DbConnection connection, DbTransaction transaction, long version, CancellationToken cancellationToken)
    {
        if (_contents is null || version != _version)
            (_contents, _version, _isNoted) = (await TableContents.TakeAsync(connection, transaction, cancellationToken).ConfigureAwait(false), version, false);
        return _isNoted ? NotedContents.AsLeft : _contents.ToString();
    }

    /// <summary>What a migration changed, in its transaction: as it is noted.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="touched">The tables that it can have changed; <see langword="null"/> when that can't be told.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<string> ChangesAsync(DbConnection connection, DbTransaction transaction, IReadOnlySet<string>? touched, CancellationToken cancellationToken)
    {
        var before = _contents!;
        _contents = touched is null
            ? await TableContents.TakeAsync(connection, transaction, cancellationToken).ConfigureAwait(false)
            : await before.RetakeAsync(connection, transaction, touched, cancellationToken).ConfigureAwait(false);
        _isNoted = true;
        return _contents.Since(before);
    }

    /// <summary>The next migration looks itself: this one was taken back, or another connection goes on.</summary>
    internal void Forget() => _contents = null;
}
