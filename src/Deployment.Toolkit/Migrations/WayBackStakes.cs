using System.Data.Common;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Keeps account of what ways back would remove. A migration's own is noted when it is applied; when another migration changes the same
/// rows, later or on the way back, what it changed is added. So whatever differs from the account was written by somebody else, and only
/// that is a loss.
/// </summary>
/// <remarks>One a run: it reads the history's scripts once, and looks only at tables that a migration can have to do with.</remarks>
internal sealed class WayBackStakes(MigrationSet known)
{
    private readonly Dictionary<string, List<string>> _byTable = new(known.Dialect.Names);
    private readonly List<string> _ofAnything = [];
    private Dictionary<string, IReadOnlyList<Removal>>? _removals;

    /// <summary>What a migration's way back removes, as its history row and this binary tell it.</summary>
    internal static IReadOnlyList<Removal> RemovalsOf(AppliedMigration row, MigrationSet known) =>
        row.DownSql is { } sql ? known.Dialect.RemovalsOf(sql)
        : !row.IsClass || known.Find(row.Version) is not { } definition ? [Removal.OfAnything]
        : definition.Removals;

    /// <summary>What its way back would remove now that no migration put there: tables with at least how many rows.</summary>
    internal static async Task<IReadOnlyList<(string Table, long Rows)>> MeasureAsync(
        DbConnection connection,
        DbTransaction? transaction,
        Catalogue catalogue,
        AppliedMigration row,
        MigrationSet known,
        CancellationToken cancellationToken
    )
    {
        var noted = StakeText.Parse(row.AtStake);
        var losses = new List<(string, long)>();
        foreach (
            var source in await RemovedRows
                .FindAsync(known.Dialect, connection, transaction, catalogue, RemovalsOf(row, known), cancellationToken)
                .ConfigureAwait(false)
        )
        {
            // Whoever keeps that history writes into it whatever is applied or taken back.
            if (known.Companions.Any(companion => companion.IsIn(source.Table)))
                continue;

            var rows = await source.CountAsync(known.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
            var then = noted.GetValueOrDefault(source.Key);
            if (rows == 0)
                continue;
            if (
                rows < 0
                || rows != then.Rows
                || await source.TakeAsync(known.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false) != then
            )
                losses.Add((source.Key, Math.Max(1, Math.Abs(rows - then.Rows))));
        }

        return losses;
    }

    /// <summary>Whether a copy of the database holds all that a migration's way back would remove of it now.</summary>
    internal static async Task<bool> IsKeptAsync(
        DbConnection copy,
        DbConnection connection,
        DbTransaction? transaction,
        AppliedMigration row,
        MigrationSet known,
        CancellationToken cancellationToken
    )
    {
        var kept = (await FindAsync(copy, null).ConfigureAwait(false)).ToDictionary(static source => source.Key, StringComparer.Ordinal);
        foreach (var source in await FindAsync(connection, transaction).ConfigureAwait(false))
        {
            if (
                !kept.TryGetValue(source.Key, out var same)
                || await same.TakeAsync(known.Dialect, copy, null, cancellationToken).ConfigureAwait(false)
                    != await source.TakeAsync(known.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false)
            )
                return false;
        }

        return true;

        async Task<IReadOnlyList<RowSource>> FindAsync(DbConnection of, DbTransaction? within) =>
            await RemovedRows
                .FindAsync(
                    known.Dialect,
                    of,
                    within,
                    await known.Dialect.ReadCatalogueAsync(of, within, null, cancellationToken).ConfigureAwait(false),
                    RemovalsOf(row, known),
                    cancellationToken
                )
                .ConfigureAwait(false);
    }

    /// <summary>What is at stake right after a migration was applied, in its transaction.</summary>
    internal async Task<string> NoteAsync(
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        MigrationDefinition migration,
        CancellationToken cancellationToken
    )
    {
        var removals = migration.Removals;
        if (removals.Count == 0 || (migration.Up is { } up && known.Dialect.MakesWhatIsRemoved(up.Text, removals)))
            return "";

        var stakes = new Dictionary<string, RowDigest>(StringComparer.Ordinal);
        var catalogue = await on.CatalogueAsync(transaction, cancellationToken).ConfigureAwait(false);
        foreach (
            var source in await RemovedRows
                .FindAsync(known.Dialect, connection, transaction, catalogue, removals, cancellationToken)
                .ConfigureAwait(false)
        )
            stakes[source.Key] = await source.TakeAsync(known.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
        return StakeText.Write(stakes);
    }

    /// <summary>Does a migration's work, and adds what it changes to the account of the others.</summary>
    /// <param name="on">The attempt's connection.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="version">The migration.</param>
    /// <param name="script">The script that the work runs; <see langword="null"/> when it is a class, which may change any row.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task AccountAsync(
        MigrationConnection on,
        DbConnection connection,
        DbTransaction? transaction,
        string version,
        string? script,
        Func<Task> work,
        CancellationToken cancellationToken
    )
    {
        if (script is not null && known.Dialect.OnlyAdds(script))
        {
            await work().ConfigureAwait(false);
            return;
        }

        var names = script is null ? null : known.Dialect.NamesIn(script);
        var before = new List<(string Version, Dictionary<string, RowDigest> Noted, Dictionary<string, RowDigest?> Seen)>();
        await ReadRemovalsAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        foreach (
            var other in names is null
                ? [.. _removals!.Keys]
                : _ofAnything
                    .Concat(names.SelectMany(name => _byTable.GetValueOrDefault(name, [])))
                    .Distinct(StringComparer.Ordinal)
                    .ToList()
        )
        {
            if (other == version || await AtStakeAsync(other).ConfigureAwait(false) is not { } text)
                continue;

            var noted = StakeText.Parse(text);
            var seen = new Dictionary<string, RowDigest?>(StringComparer.Ordinal);
            var catalogue = await on.CatalogueAsync(transaction, cancellationToken).ConfigureAwait(false);
            foreach (
                var source in await RemovedRows
                    .FindAsync(known.Dialect, connection, transaction, catalogue, _removals![other], cancellationToken)
                    .ConfigureAwait(false)
            )
            {
                // Where others have written already, the loss is certain whatever this migration adds.
                seen[source.Key] =
                    names?.Contains(source.Table) != false
                    && await source.CountAsync(known.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false)
                        == noted.GetValueOrDefault(source.Key).Rows
                        ? await source.TakeAsync(known.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false)
                        : null;
            }

            before.Add((other, noted, seen));
        }

        await work().ConfigureAwait(false);
        foreach (var (other, noted, seen) in before)
        {
            var catalogue = await on.CatalogueAsync(transaction, cancellationToken).ConfigureAwait(false);
            var sources = await RemovedRows
                .FindAsync(known.Dialect, connection, transaction, catalogue, _removals![other], cancellationToken)
                .ConfigureAwait(false);
            // A table that took another's place has that one's rows, whoever wrote them.
            var hasReplaced = seen.Keys.Except(sources.Select(static source => source.Key), StringComparer.Ordinal).Any();
            foreach (var source in sources)
            {
                if (seen.TryGetValue(source.Key, out var then) ? then is not null : !hasReplaced)
                    noted[source.Key] =
                        noted.GetValueOrDefault(source.Key)
                        + await source.TakeAsync(known.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false)
                        - (then ?? default);
            }

            await Sql.ExecuteAsync(
                    connection,
                    transaction,
                    $"UPDATE {known.Dialect.Own(MigrationHistory.Table)} SET at_stake = @stake WHERE version = @version",
                    cancellationToken,
                    ("@stake", StakeText.Write(noted)),
                    ("@version", other)
                )
                .ConfigureAwait(false);
        }

        async Task<string?> AtStakeAsync(string other) =>
            await Sql.ScalarAsync(
                    connection,
                    transaction,
                    $"SELECT at_stake FROM {known.Dialect.Own(MigrationHistory.Table)} WHERE version = @version",
                    cancellationToken,
                    ("@version", other)
                )
                .ConfigureAwait(false) as string;
    }

    internal void Add(MigrationDefinition migration)
    {
        if (_removals is not null)
            Add(migration.Version, migration.Removals);
    }

    private async Task ReadRemovalsAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        if (_removals is not null)
            return;

        var rows = await MigrationHistory.ReadAsync(known.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
        _removals = new(StringComparer.Ordinal);
        foreach (var row in rows.Where(static row => row.AtStake is not null))
            Add(row.Version, RemovalsOf(row, known));
    }

    private void Add(string version, IReadOnlyList<Removal> removals)
    {
        if (!_removals!.TryAdd(version, removals))
            return;

        if (removals.Any(static removal => removal.Kind is RemovalKind.Anything))
            _ofAnything.Add(version);
        foreach (var table in removals.Select(static removal => removal.Table).Distinct(known.Dialect.Names))
        {
            if (!_byTable.TryGetValue(table, out var versions))
                _byTable[table] = versions = [];
            versions.Add(version);
        }
    }
}
