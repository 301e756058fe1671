using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// What the tables hold, as a row count and a sum over row hashes each: enough to say later which tables were written since, and how many
/// rows at least, without keeping a copy.
/// </summary>
internal sealed class TableContents
{
    private readonly SortedDictionary<string, (long Rows, ulong Sum)> _tables = new(StringComparer.Ordinal);

    internal static async Task<TableContents> TakeAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        var contents = new TableContents();
        foreach (var table in await TablesAsync(connection, transaction, cancellationToken).ConfigureAwait(false))
        {
            await using var command = SqliteDatabase.Command(connection, transaction, $"SELECT * FROM {SqliteDatabase.Quote(table)}");
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            long rows = 0;
            ulong sum = 0;
            var values = new object[reader.FieldCount];
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                reader.GetValues(values);
                rows++;
                sum = unchecked(sum + Hash(values));
            }

            contents._tables[table] = (rows, sum);
        }

        return contents;
    }

    internal static TableContents Parse(string text)
    {
        var contents = new TableContents();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split('\t');
            contents._tables[parts[2]] = (long.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[1], CultureInfo.InvariantCulture));
        }

        return contents;
    }

    /// <summary>A line a table: rows, sum, name.</summary>
    public override string ToString() =>
        string.Join('\n', _tables.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value.Rows}\t{pair.Value.Sum}\t{pair.Key}")));

    /// <summary>The tables that differ, each with the number of rows that it differs by, at least.</summary>
    internal IReadOnlyList<(string Table, long Rows)> Compare(TableContents before)
    {
        var differences = new List<(string, long)>();
        foreach (var table in _tables.Keys.Union(before._tables.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var now = _tables.GetValueOrDefault(table);
            var then = before._tables.GetValueOrDefault(table);
            if (now != then) differences.Add((table, Math.Max(1, Math.Abs(now.Rows - then.Rows))));
        }

        return differences;
    }

    private static async Task<List<string>> TablesAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        await using var command = SqliteDatabase.Command(
            connection, transaction, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'deployment_migrations'");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) names.Add(reader.GetString(0));
        return names;
    }

    private static ulong Hash(object[] values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var value in values)
        {
            var bytes = value switch
            {
                DBNull => [],
                byte[] blob => blob,
                _ => Encoding.UTF8.GetBytes(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
            };
            // Type and length first, so that neighbouring values cannot be told apart wrongly.
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{value.GetType().Name}:{bytes.Length}:")));
            hash.AppendData(bytes);
        }

        return BitConverter.ToUInt64(hash.GetHashAndReset());
    }
}
