using System.Data.Common;

namespace Deployment.Toolkit.Databases;

/// <summary>Where a database keeps what a way back removes.</summary>
/// <param name="Key">For people: the table, or table and column.</param>
/// <param name="Table">The table.</param>
/// <param name="Columns">What to read, as SQL.</param>
/// <param name="Source">From where, as SQL.</param>
internal sealed record RowSource(string Key, string Table, string Columns, string Source)
{
    internal Task<RowDigest> TakeAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => RowDigest.TakeAsync(dialect, connection, transaction, $"SELECT {Columns} FROM {Source}", cancellationToken);

    internal async Task<long> CountAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (long)
                (
                    await dialect
                        .TryAsync(
                            transaction,
                            () =>
                                Sql.LongScalarAsync(dialect, connection, transaction, $"SELECT count(*) FROM {Source}", cancellationToken),
                            cancellationToken
                        )
                        .ConfigureAwait(false)
                )!;
        }
        catch (DbException e) when (dialect.IsUnreadable(e))
        {
            return RowDigest.Unreadable.Rows;
        }
    }
}

/// <summary>Finds in a database what a way back removes, with what follows of it: triggers, and foreign keys that delete along.</summary>
internal static class RemovedRows
{
    internal static async Task<IReadOnlyList<RowSource>> FindAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        Catalogue catalogue,
        IReadOnlyList<Removal> removals,
        CancellationToken cancellationToken
    )
    {
        var sources = new Dictionary<string, RowSource>(dialect.Names);
        var waiting = new Queue<Removal>(removals);
        var seen = new HashSet<Removal>();
        while (waiting.TryDequeue(out var removal))
        {
            if (!seen.Add(removal))
                continue;
            if (removal.Kind is RemovalKind.Anything)
                return Everything();

            // Not there, or not the app's: nothing to lose.
            if (catalogue.FindTable(removal.Table) is not { Source: { } from } found)
                continue;

            var name = found.Name;
            if (found.IsVirtual)
                removal = new Removal(RemovalKind.Rows, name);

            if (removal.Kind is not RemovalKind.Column)
            {
                var triggers = catalogue.References.TriggersOn(name);
                if (
                    removal.Kind is RemovalKind.Added ? triggers.Any(static t => t.FiresOn("INSERT"))
                    : removal.Kind is RemovalKind.Values ? triggers.Any(static t => t.FiresOn("UPDATE"))
                    : removal.Kind is RemovalKind.Rows && triggers.Count > 0
                )
                    return Everything();
                if (removal.Kind is RemovalKind.Added)
                    continue;

                var children = catalogue
                    .References.To(name)
                    .Where(static key => key.Acts)
                    .Select(static key => key.Child)
                    .Distinct(dialect.Names)
                    .ToList();
                if (
                    children.Count == 0
                    || !await dialect.EnforcesForeignKeysAsync(connection, transaction, cancellationToken).ConfigureAwait(false)
                )
                    children = [];
                foreach (var child in children)
                    waiting.Enqueue(new Removal(RemovalKind.Rows, child));
            }

            if (await SourceAsync(removal with { Table = name }, from).ConfigureAwait(false) is not { } source)
                continue;
            // Two statements over one table: what both remove is in all of it.
            sources[source.Key] = !sources.TryGetValue(source.Key, out var known) || known == source ? source : Whole(name, from);
        }

        return [.. sources.Values.OrderBy(static source => source.Key, StringComparer.Ordinal)];

        IReadOnlyList<RowSource> Everything() =>
            [
                .. catalogue
                    .Tables.OrderBy(static table => table.Name, StringComparer.Ordinal)
                    .Select(static table => Whole(table.Name, table.Source!)),
            ];

        async Task<RowSource?> SourceAsync(Removal removal, string from)
        {
            if (removal.Kind is RemovalKind.Table || (removal.Kind is RemovalKind.Rows && removal.Where is null))
                return Whole(removal.Table, from);

            var columns = await dialect.ColumnsAsync(connection, transaction, removal.Table, cancellationToken).ConfigureAwait(false);
            var found = removal
                .Columns.Select(wanted => columns.FirstOrDefault(column => dialect.Names.Equals(column.Name, wanted)))
                .ToList();
            if (removal.Kind is RemovalKind.Column)
            {
                // What is computed from other columns, or isn't there, can't be lost.
                if (found[0] is not { IsComputed: false } column)
                    return null;
                var value = dialect.Quote(column.Name);
                return new RowSource(
                    $"{removal.Table}.{column.Name}",
                    removal.Table,
                    With(dialect, columns, value),
                    $"{from} WHERE {dialect.Differ(value, column.Literal)}"
                );
            }

            if (found.Contains(null))
                return Whole(removal.Table, from);

            var names = found.Select(column => dialect.Quote(column!.Name)).ToList();
            var where = string.Join(
                " AND ",
                (
                    (string?[])
                        [
                            removal.Where is null ? null : $"({removal.Where})",
                            removal.ByNull ? $"({string.Join(" OR ", names.Select(static name => name + " IS NOT NULL"))})" : null,
                        ]
                ).Where(static part => part is not null)
            );
            var source = new RowSource(
                removal.Table,
                removal.Table,
                removal.Kind is RemovalKind.Values ? With(dialect, columns, string.Join(", ", names)) : "*",
                from + (where.Length == 0 ? "" : " WHERE " + where)
            );
            try
            {
                await source.CountAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
                return source;
            }
            catch (DbException)
            {
                // The condition speaks of what another statement of the script makes first.
                return Whole(removal.Table, from);
            }
        }
    }

    private static RowSource Whole(string table, string from) => new(table, table, "*", from);

    // With a row's key, so that two rows that change places are seen; where a row has none that lasts, with all of it.
    private static string With(DatabaseDialect dialect, IReadOnlyList<CatalogueColumn> columns, string values)
    {
        var keys = columns.Where(static column => column.IsKey).Select(column => dialect.Quote(column.Name)).ToList();
        return keys.Count > 0 ? $"{string.Join(", ", keys)}, {values}"
            : dialect.RowId is not { } row ? "*"
            : columns.Any(column => dialect.Names.Equals(column.Name, row)) ? values
            : $"{row}, {values}";
    }
}
