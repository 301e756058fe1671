using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Deployment.Toolkit.Databases;

/// <summary>
/// What the app's tables hold, as a row count and a sum over row hashes each, and what its schema is: enough to say later which tables
/// were written since, how many rows at least, and what else was changed, without keeping a copy.
/// </summary>
internal sealed class TableContents
{
    // No table can be told from an index of the same name otherwise.
    private const string SchemaMark = "schema";
    private const string GoneMark = "gone";

    private readonly SortedDictionary<string, RowDigest> _tables = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ulong> _schema = new(StringComparer.Ordinal);

    /// <summary>Takes rows and schema.</summary>
    internal static async Task<TableContents> TakeAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) =>
        await TakeAsync(
                dialect,
                connection,
                transaction,
                await dialect.ReadCatalogueAsync(connection, transaction, null, cancellationToken).ConfigureAwait(false),
                cancellationToken
            )
            .ConfigureAwait(false);

    /// <summary>Takes rows and schema, as the catalogue tells them.</summary>
    internal static Task<TableContents> TakeAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        Catalogue catalogue,
        CancellationToken cancellationToken
    ) => new TableContents().RetakeAsync(dialect, connection, transaction, catalogue, static _ => true, cancellationToken);

    /// <summary>The same, with what may have changed looked at anew.</summary>
    internal async Task<TableContents> RetakeAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        Catalogue catalogue,
        Func<string, bool> mayHaveChanged,
        CancellationToken cancellationToken
    )
    {
        var contents = new TableContents();
        foreach (var table in catalogue.Tables)
        {
            contents._tables[table.Name] =
                !mayHaveChanged(table.Name) && _tables.TryGetValue(table.Name, out var known)
                    ? known
                    : await DigestAsync(dialect, connection, transaction, table, cancellationToken).ConfigureAwait(false);
        }

        foreach (var found in catalogue.Objects)
            contents._schema[found.Key] = found.Hash;
        foreach (var setting in dialect.Settings)
            contents._schema[setting] =
                !mayHaveChanged(setting) && _schema.TryGetValue(setting, out var known)
                    ? known
                    : await SettingAsync(dialect, connection, transaction, setting, cancellationToken).ConfigureAwait(false);
        return contents;
    }

    /// <summary>Puts on top what a migration added to the catalogue, and the tables that it can have changed.</summary>
    /// <returns>What differs, as <see cref="Since"/> tells it.</returns>
    internal async Task<string> AddAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        Catalogue catalogue,
        IEnumerable<CatalogueObject> added,
        IReadOnlySet<string> touched,
        CancellationToken cancellationToken
    )
    {
        var changed = new TableContents();
        foreach (var found in added)
        {
            changed._schema[found.Key] = _schema[found.Key] = found.Hash;
            if (found.Source is not null)
                changed._tables[found.Name] = _tables[found.Name] = await DigestAsync(
                        dialect,
                        connection,
                        transaction,
                        found,
                        cancellationToken
                    )
                    .ConfigureAwait(false);
        }

        foreach (
            var table in touched
                .Select(catalogue.FindTable)
                .OfType<CatalogueObject>()
                .Where(table => table.Source is not null && !changed._tables.ContainsKey(table.Name))
        )
        {
            var now = await DigestAsync(dialect, connection, transaction, table, cancellationToken).ConfigureAwait(false);
            if (!_tables.TryGetValue(table.Name, out var then) || then != now)
                changed._tables[table.Name] = _tables[table.Name] = now;
        }

        foreach (var setting in dialect.Settings.Where(touched.Contains))
        {
            var now = await SettingAsync(dialect, connection, transaction, setting, cancellationToken).ConfigureAwait(false);
            if (_schema[setting] != now)
                changed._schema[setting] = _schema[setting] = now;
        }

        return changed.ToString();
    }

    /// <summary>Only what differs from before, in lines of the same form, and a line for each thing that is gone.</summary>
    internal string Since(TableContents before)
    {
        var changed = new TableContents();
        foreach (var (table, now) in _tables)
        {
            if (!before._tables.TryGetValue(table, out var then) || then != now)
                changed._tables[table] = now;
        }

        foreach (var (name, now) in _schema)
        {
            if (!before._schema.TryGetValue(name, out var then) || then != now)
                changed._schema[name] = now;
        }

        var gone = before
            ._tables.Keys.Where(table => !_tables.ContainsKey(table))
            .Select(static table => $"{GoneMark}\t0\t{Escape(table)}")
            .Concat(before._schema.Keys.Where(name => !_schema.ContainsKey(name)).Select(static name => $"{GoneMark}\t1\t{Escape(name)}"));
        return string.Join('\n', gone.Prepend(changed.ToString()).Where(static line => line.Length > 0));
    }

    /// <summary>What <see cref="Since"/> told, put on top of what was before.</summary>
    internal TableContents With(string changes)
    {
        var contents = new TableContents();
        foreach (var (table, then) in _tables)
            contents._tables[table] = then;
        foreach (var (name, then) in _schema)
            contents._schema[name] = then;
        var lines = changes
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToLookup(static line => line.StartsWith(GoneMark, StringComparison.Ordinal));
        foreach (var parts in lines[true].Select(static line => line.Split('\t')))
        {
            if (parts[1] == "0")
                contents._tables.Remove(Unescape(parts[2]));
            else
                contents._schema.Remove(Unescape(parts[2]));
        }

        var changed = Parse(string.Join('\n', lines[false]));
        foreach (var (table, now) in changed._tables)
            contents._tables[table] = now;
        foreach (var (name, now) in changed._schema)
            contents._schema[name] = now;
        return contents;
    }

    internal static TableContents Parse(string text)
    {
        var contents = new TableContents();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split('\t');
            var (name, sum) = (Unescape(parts[2]), ulong.Parse(parts[1], CultureInfo.InvariantCulture));
            if (parts[0] == SchemaMark)
                contents._schema[name] = sum;
            else
                contents._tables[name] = new RowDigest(long.Parse(parts[0], CultureInfo.InvariantCulture), sum);
        }

        return contents;
    }

    /// <summary>A line a table: rows, sum, name; and one for each other thing of the schema.</summary>
    public override string ToString() =>
        string.Join(
            '\n',
            _tables
                .Select(static pair =>
                    string.Create(CultureInfo.InvariantCulture, $"{pair.Value.Rows}\t{pair.Value.Sum}\t{Escape(pair.Key)}")
                )
                .Concat(
                    _schema.Select(static pair =>
                        string.Create(CultureInfo.InvariantCulture, $"{SchemaMark}\t{pair.Value}\t{Escape(pair.Key)}")
                    )
                )
        );

    /// <summary>What differs: tables with the number of rows that they differ by, at least; and of the schema, with none.</summary>
    /// <param name="before">What there was.</param>
    /// <param name="alike">Two that are the same though they differ: of the schema, what is as in the one is as in the other.</param>
    internal IReadOnlyList<(string Table, long Rows)> Compare(TableContents before, (TableContents One, TableContents Other)? alike = null)
    {
        var differences = new List<(string, long)>();
        foreach (var table in _tables.Keys.Union(before._tables.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var now = _tables.GetValueOrDefault(table);
            var then = before._tables.GetValueOrDefault(table);
            if (now != then || now == RowDigest.Unreadable)
                differences.Add((table, Math.Max(1, Math.Abs(now.Rows - then.Rows))));
        }

        foreach (var name in _schema.Keys.Union(before._schema.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (now, then) = (SchemaOf(name), before.SchemaOf(name));
            var isAlike =
                alike is var (one, other)
                && (one.SchemaOf(name), other.SchemaOf(name)) is var words
                && (words == (now, then) || words == (then, now));
            if (now != then && !isAlike)
                differences.Add((name, 0));
        }

        return differences;
    }

    private ulong? SchemaOf(string name) => _schema.TryGetValue(name, out var found) ? found : null;

    private static Task<RowDigest> DigestAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CatalogueObject table,
        CancellationToken cancellationToken
    ) => RowDigest.TakeAsync(dialect, connection, transaction, $"SELECT * FROM {table.Source}", cancellationToken);

    private static async Task<ulong> SettingAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        string name,
        CancellationToken cancellationToken
    ) => unchecked((ulong)await dialect.SettingAsync(connection, transaction, name, cancellationToken).ConfigureAwait(false));

    // Names may hold line ends and tabs.
    internal static string Escape(string name) =>
        name.AsSpan().IndexOfAny('\\', '\n', '\t') < 0
            ? name
            : name.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal)
                .Replace("\t", "\\t", StringComparison.Ordinal);

    internal static string Unescape(string name)
    {
        if (!name.Contains('\\', StringComparison.Ordinal))
            return name;

        var text = new StringBuilder(name.Length);
        for (var at = 0; at < name.Length; at++)
            text.Append(
                name[at] != '\\' || at + 1 == name.Length
                    ? name[at]
                    : name[++at] switch
                    {
                        'n' => '\n',
                        't' => '\t',
                        var other => other,
                    }
            );
        return text.ToString();
    }
}
