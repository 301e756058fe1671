using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// The rows of tables that a migration doesn't name, counted before it and after it: what cascades and triggers do behind its author's back
/// is seen while it can still be rolled back.
/// </summary>
internal sealed class UnnamedTables
{
    private readonly Dictionary<string, Counts> _before;
    private readonly Dictionary<string, List<string>> _settable;

    private UnnamedTables(DatabaseDialect dialect, Dictionary<string, List<string>> settable) =>
        (_before, _settable) = (new(dialect.Names), settable);

    /// <summary>For a script: only what its statements can reach is counted, which is nothing where nothing refers to anything.</summary>
    internal static async Task<UnnamedTables> OfScriptAsync(
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        SqlNames names,
        IReadOnlySet<string> mayChange,
        CancellationToken cancellationToken
    )
    {
        var tables = new UnnamedTables(on.Dialect, []);
        if (
            !names.Writes
            || !await on.Dialect.MayPassOnAsync(connection, transaction, names.Removes, cancellationToken).ConfigureAwait(false)
        )
            return tables;

        var references = await on.ReferencesAsync(transaction, cancellationToken).ConfigureAwait(false);
        var cascades =
            names.Removes
            && references.Keys.Count > 0
            && await on.ChecksForeignKeysAsync(transaction, cancellationToken).ConfigureAwait(false);
        var reached = references.Reach(names.All, key => names.Truncates || (cascades && key.OnDelete == "CASCADE"));
        reached.ExceptWith(names.All);
        reached.ExceptWith(mayChange);
        if (reached.Count == 0)
            return tables;

        // A trigger calls its table by schema and name, which the script may call by its name alone: the catalogue knows that it is one.
        var catalogue = await on.CatalogueAsync(transaction, cancellationToken).ConfigureAwait(false);
        var unnamed = reached
            .Select(catalogue.FindTable)
            .OfType<CatalogueObject>()
            .Select(static table => table.Name)
            .Where(name => !names.All.Contains(name) && !mayChange.Contains(name))
            .ToHashSet(on.Dialect.Names);
        if (unnamed.Count > 0)
            await tables.CountAsync(on, connection, transaction, unnamed, cancellationToken).ConfigureAwait(false);
        return tables;
    }

    /// <summary>For a class, whose statements nobody sees beforehand: all tables, and what foreign keys set in them.</summary>
    internal static async Task<UnnamedTables> OfClassAsync(
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        TableReferences references,
        CancellationToken cancellationToken
    )
    {
        var settable = new Dictionary<string, List<string>>(on.Dialect.Names);
        foreach (var key in references.Keys.Where(static key => key.OnDelete is "SET NULL" or "SET DEFAULT"))
        {
            foreach (var column in key.Columns)
            {
                var reset =
                    key.OnDelete == "SET NULL"
                        ? null
                        : await on
                            .Dialect.DefaultOfAsync(connection, transaction, key.Child, column, cancellationToken)
                            .ConfigureAwait(false);
                settable.TryAdd(key.Child, []);
                settable[key.Child]
                    .Add(
                        $"coalesce(sum(CASE WHEN {on.Dialect.Differ(on.Dialect.Quote(column), $"({reset ?? "NULL"})")} THEN 1 ELSE 0 "
                            + $"END), 0)"
                    );
            }
        }

        var tables = new UnnamedTables(on.Dialect, settable);
        await tables.CountAsync(on, connection, transaction, null, cancellationToken).ConfigureAwait(false);
        return tables;
    }

    /// <summary>Compares.</summary>
    /// <param name="on">The attempt's connection.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="named">What a class was seen to name, or says that it changes; <see langword="null"/> for a script, whose names were
    /// left out before.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What differs, for people; empty when nothing does.</returns>
    internal async Task<string> DifferencesAsync(
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        IReadOnlySet<string>? named,
        CancellationToken cancellationToken
    )
    {
        if (_before.Count == 0)
            return "";

        var after = new UnnamedTables(on.Dialect, _settable);
        await after.CountAsync(on, connection, transaction, _before.Keys, cancellationToken).ConfigureAwait(false);
        var differences = new List<string>();
        foreach (var (table, was) in _before.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            // One that is gone or has another name was dropped or renamed by a statement of its own.
            if (named?.Contains(table) == true || !after._before.TryGetValue(table, out var now))
                continue;
            // Nobody sees what a class adds; what it adds is lost to nobody.
            if (named is null ? was.Rows != now.Rows : was.Rows > now.Rows)
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"{table} ({was.Rows} before, {now.Rows} after)"));
            else if (named is not null && was.Set > now.Set)
                differences.Add(
                    string.Create(CultureInfo.InvariantCulture, $"{table} ({was.Set - now.Set} references were set by ON DELETE)")
                );
        }

        return string.Join(", ", differences);
    }

    private async Task CountAsync(
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        IEnumerable<string>? wanted,
        CancellationToken cancellationToken
    )
    {
        var catalogue = await on.CatalogueAsync(transaction, cancellationToken).ConfigureAwait(false);
        var tables = (wanted?.Select(catalogue.FindTable).OfType<CatalogueObject>() ?? catalogue.Tables)
            .Where(static table => table is { IsVirtual: false, Source: not null })
            .ToList();
        foreach (var table in tables)
        {
            var set = _settable.TryGetValue(table.Name, out var columns) ? string.Join(" + ", columns) : "0";
            await using var command = Sql.LongCommand(
                on.Dialect,
                connection,
                transaction,
                $"SELECT count(*), {on.Dialect.AsInteger(set)} FROM {table.Source}"
            );
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            if (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                _before[table.Name] = new Counts(reader.GetInt64(0), reader.GetInt64(1));
        }
    }

    private sealed record Counts(long Rows, long Set);
}
