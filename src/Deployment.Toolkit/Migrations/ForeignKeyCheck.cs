using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// The database's own check of all foreign keys, before and after a migration for which they are not enforced. What was broken before is
/// not its doing and doesn't hold it up.
/// </summary>
internal sealed class ForeignKeyCheck
{
    private const int Shown = 5;

    private readonly DatabaseDialect _dialect;
    private readonly IReadOnlyDictionary<(string Table, string Parent), long> _before;

    private ForeignKeyCheck(DatabaseDialect dialect, IReadOnlyDictionary<(string Table, string Parent), long> before) =>
        (_dialect, _before) = (dialect, before);

    internal static async Task<ForeignKeyCheck> BeginAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    ) => new(dialect, await dialect.BrokenReferencesAsync(connection, transaction, cancellationToken).ConfigureAwait(false));

    /// <summary>What refers to nothing now and did not before, for people; empty when there is nothing.</summary>
    internal async Task<string> DifferencesAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var after = await _dialect.BrokenReferencesAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        var broken = after
            .Where(pair => pair.Value > _before.GetValueOrDefault(pair.Key))
            .Select(pair =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{pair.Value - _before.GetValueOrDefault(pair.Key)} rows of '{pair.Key.Table}' refer to rows of "
                        + $"'{pair.Key.Parent}' that aren't there"
                )
            )
            .Order(StringComparer.Ordinal)
            .ToList();
        return string.Join(", ", broken.Take(Shown)) + (broken.Count > Shown ? $" and {broken.Count - Shown} more" : "");
    }
}
