using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases.Sqlite;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// SQLite's own check of all foreign keys, before and after a migration for which they are not enforced. What was broken before is not its
/// doing and doesn't hold it up.
/// </summary>
internal sealed class ForeignKeyCheck
{
    private const int Shown = 5;

    private readonly Dictionary<(string Table, string Parent), long> _before;

    private ForeignKeyCheck(Dictionary<(string Table, string Parent), long> before) => _before = before;

    internal static async Task<ForeignKeyCheck> BeginAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        new(await ReadAsync(connection, transaction, cancellationToken).ConfigureAwait(false));

    /// <summary>What refers to nothing now and did not before, for people; empty when there is nothing.</summary>
    internal async Task<string> DifferencesAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var after = await ReadAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        var broken = after.Where(pair => pair.Value > _before.GetValueOrDefault(pair.Key))
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value - _before.GetValueOrDefault(pair.Key)} rows of '{pair.Key.Table}' refer to rows of '{pair.Key.Parent}' that aren't there"))
            .Order(StringComparer.Ordinal).ToList();
        return string.Join(", ", broken.Take(Shown)) + (broken.Count > Shown ? $" and {broken.Count - Shown} more" : "");
    }

    private static async Task<Dictionary<(string Table, string Parent), long>> ReadAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = SqliteDatabase.Command(connection, transaction, "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var broken = new Dictionary<(string, string), long>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) broken[(reader.GetString(0), reader.GetString(1))] = reader.GetInt64(2);
        return broken;
    }
}
