using System.Data.Common;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// What the tables hold, kept between the migrations of a run: every row is read once, before the write lock is taken where the app lets
/// that be, and then only the tables that a migration can have changed, unless somebody else wrote in between.
/// </summary>
internal sealed class ContentNotes
{
    private TableContents? _contents;
    private Catalogue? _catalogue;
    private int _objects;
    private long? _version;
    private bool _isNoted;

    /// <summary>Reads the tables while others can still write.</summary>
    internal async Task PrepareAsync(MigrationConnection on, CancellationToken cancellationToken)
    {
        if (_contents is not null)
            return;

        var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
        var version = await on.Dialect.OthersWroteAsync(connection, null, cancellationToken).ConfigureAwait(false);
        await TakeAsync(
                on.Dialect,
                connection,
                null,
                await on.CatalogueAsync(null, cancellationToken).ConfigureAwait(false),
                version,
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>What the tables hold before a migration, in its transaction: as it is noted.</summary>
    internal async Task<string> BeforeAsync(
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        if (_contents is null || on.Seen is null || on.Seen != _version)
            await TakeAsync(
                    on.Dialect,
                    connection,
                    transaction,
                    await on.CatalogueAsync(transaction, cancellationToken).ConfigureAwait(false),
                    on.Seen,
                    cancellationToken
                )
                .ConfigureAwait(false);
        return _isNoted ? NotedContents.AsLeft : _contents!.ToString();
    }

    /// <summary>What a migration changed, in its transaction: as it is noted.</summary>
    /// <param name="on">The attempt's connection.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="touched">The tables that it can have changed; <see langword="null"/> when that can't be told.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<string> ChangesAsync(
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        IReadOnlySet<string>? touched,
        CancellationToken cancellationToken
    )
    {
        var before = _contents!;
        var (seen, count) = (_catalogue, _objects);
        _catalogue = await on.CatalogueAsync(transaction, cancellationToken).ConfigureAwait(false);
        (_objects, _isNoted) = (_catalogue.Objects.Count, true);
        // The same one, so that what it has by now was only added.
        if (touched is not null && _catalogue == seen)
            return await before
                .AddAsync(on.Dialect, connection, transaction, _catalogue, _catalogue.Objects.Skip(count), touched, cancellationToken)
                .ConfigureAwait(false);

        _contents = await before
            .RetakeAsync(on.Dialect, connection, transaction, _catalogue, name => touched?.Contains(name) != false, cancellationToken)
            .ConfigureAwait(false);
        return _contents.Since(before);
    }

    /// <summary>The next migration looks itself: this one was taken back, or another connection goes on.</summary>
    internal void Forget() => (_contents, _catalogue) = (null, null);

    private async Task TakeAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        Catalogue catalogue,
        long? version,
        CancellationToken cancellationToken
    )
    {
        _contents = await TableContents.TakeAsync(dialect, connection, transaction, catalogue, cancellationToken).ConfigureAwait(false);
        (_catalogue, _objects, _version, _isNoted) = (catalogue, catalogue.Objects.Count, version, false);
    }
}
