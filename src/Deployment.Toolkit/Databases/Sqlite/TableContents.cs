using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// What the app's tables hold, as a row count and a sum over row hashes each, and what its schema is: enough to say later which tables
/// were written since, how many rows at least, and what else was changed, without keeping a copy.
/// </summary>
internal sealed class TableContents
{
    // No table can be told from an index of the same name otherwise.
    private const string SchemaMark = "schema";

    private readonly SortedDictionary<string, RowDigest> _tables = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ulong> _schema = new(StringComparer.Ordinal);

    /// <summary>Takes rows and schema.</summary>
    internal static async Task<TableContents> TakeAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        var contents = new TableContents();
        foreach (var (table, source) in await SqliteCatalogue.TablesAsync(connection, transaction, cancellationToken).ConfigureAwait(false))
            contents._tables[table] = await RowDigest.TakeAsync(connection, transaction, $"SELECT * FROM {SqliteDatabase.Quote(source)}", cancellationToken).ConfigureAwait(false);
        foreach (var (type, name, sql) in await SqliteCatalogue.ObjectsAsync(connection, transaction, cancellationToken).ConfigureAwait(false))
            contents._schema[$"{type} {name}"] = RowDigest.Hash(sql);
        foreach (var pragma in (string[])["user_version", "application_id"])
            contents._schema[pragma] = unchecked((ulong)await SqliteCatalogue.PragmaAsync(connection, transaction, pragma, cancellationToken).ConfigureAwait(false));
        return contents;
    }

    internal static TableContents Parse(string text)
    {
        var contents = new TableContents();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split('\t');
            var (name, sum) = (Unescape(parts[2]), ulong.Parse(parts[1], CultureInfo.InvariantCulture));
            if (parts[0] == SchemaMark) contents._schema[name] = sum;
            else contents._tables[name] = new RowDigest(long.Parse(parts[0], CultureInfo.InvariantCulture), sum);
        }

        return contents;
    }

    /// <summary>A line a table: rows, sum, name; and one for each other thing of the schema.</summary>
    public override string ToString() => string.Join(
        '\n',
        _tables.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value.Rows}\t{pair.Value.Sum}\t{Escape(pair.Key)}"))
            .Concat(_schema.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{SchemaMark}\t{pair.Value}\t{Escape(pair.Key)}"))));

    /// <summary>What differs: tables with the number of rows that they differ by, at least; and of the schema, with none.</summary>
    internal IReadOnlyList<(string Table, long Rows)> Compare(TableContents before)
    {
        var differences = new List<(string, long)>();
        foreach (var table in _tables.Keys.Union(before._tables.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var now = _tables.GetValueOrDefault(table);
            var then = before._tables.GetValueOrDefault(table);
            if (now != then || now == RowDigest.Unreadable) differences.Add((table, Math.Max(1, Math.Abs(now.Rows - then.Rows))));
        }

        foreach (var name in _schema.Keys.Union(before._schema.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (isNow, wasThen) = (_schema.TryGetValue(name, out var now), before._schema.TryGetValue(name, out var then));
            if (isNow != wasThen || now != then) differences.Add((name, 0));
        }

        return differences;
    }

    // Names may hold line ends and tabs.
    internal static string Escape(string name) => name.AsSpan().IndexOfAny('\\', '\n', '\t') < 0
        ? name
        : name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);

    internal static string Unescape(string name)
    {
        if (!name.Contains('\\', StringComparison.Ordinal)) return name;

        var text = new StringBuilder(name.Length);
        for (var at = 0; at < name.Length; at++)
            text.Append(name[at] != '\\' || at + 1 == name.Length ? name[at] : name[++at] switch { 'n' => '\n', 't' => '\t', var other => other });
        return text.ToString();
    }
}
