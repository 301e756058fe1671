using System.Data.Common;
using System.Text.RegularExpressions;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Rehearsal;

/// <summary>
/// A database's schema and rows in a form in which two can be compared whatever order things were made in: what makes each object, in
/// lines, and a count and digest of each table's rows.
/// </summary>
internal sealed partial class DatabaseFingerprint
{
    private const int MostLines = 40;

    private readonly SortedDictionary<string, string[]> _shapes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string[]> _access = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, RowDigest> _rows = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _counters = new(StringComparer.Ordinal);

    /// <param name="database">The database.</param>
    /// <param name="others">Histories of other tools: they are made once, and no way back drops them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<DatabaseFingerprint> TakeAsync(
        TargetDatabase database,
        IReadOnlyList<CompanionHistory> others,
        CancellationToken cancellationToken
    )
    {
        var fingerprint = new DatabaseFingerprint();
        if (!database.Exists)
            return fingerprint;

        var dialect = database.Dialect;
        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var catalogue = await dialect.ReadCatalogueAsync(connection, null, null, cancellationToken).ConfigureAwait(false);
        foreach (var found in catalogue.Objects.Where(found => !others.Any(other => other.Has(found))))
            fingerprint._shapes[found.Key] = [.. dialect.ShapeOf(found)];
        // Of what is there: whatever comes or goes is told by itself.
        foreach (var (what, lines) in await dialect.AccessAsync(connection, cancellationToken).ConfigureAwait(false))
            fingerprint._access[what] = [.. lines];
        // One that isn't there yet has none that anybody set.
        foreach (var setting in dialect.Settings)
        {
            var value = await dialect.SettingAsync(connection, null, setting, cancellationToken).ConfigureAwait(false);
            if (value != 0)
                fingerprint._shapes[setting] = [FormattableString.Invariant($"{value}")];
        }

        foreach (var table in catalogue.Tables.Where(table => !others.Any(other => other.Has(table))))
            fingerprint._rows[table.Name] = await RowsAsync(dialect, connection, table, cancellationToken).ConfigureAwait(false);
        foreach (var (name, value) in await dialect.CountersAsync(connection, null, cancellationToken).ConfigureAwait(false))
            fingerprint._counters[name] = value;
        return fingerprint;
    }

    /// <summary>In what another differs from this one, a line each.</summary>
    /// <param name="now">The other.</param>
    /// <param name="isSecondUp">
    /// Whether of rows only their number is compared, and no moment in what makes an object: what a clock or chance writes differs each
    /// time.
    /// </param>
    internal IReadOnlyList<string> DifferencesTo(DatabaseFingerprint now, bool isSecondUp = false)
    {
        var lines = new List<string>();
        foreach (var key in _shapes.Keys.Union(now._shapes.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (before, after) = (ShapeOf(this), ShapeOf(now));
            if (before is null)
                lines.Add($"+ {key}");
            else if (after is null)
                lines.Add($"- {key}");
            else
            {
                lines.AddRange(before.Except(after, StringComparer.Ordinal).Select(line => $"- {key}: {line}"));
                lines.AddRange(after.Except(before, StringComparer.Ordinal).Select(line => $"+ {key}: {line}"));
            }

            string[]? ShapeOf(DatabaseFingerprint one)
            {
                var shape = one._shapes.GetValueOrDefault(key);
                return isSecondUp && shape is not null ? [.. shape.Select(static line => Moment().Replace(line, "…"))] : shape;
            }
        }

        foreach (var (what, before) in _access)
        {
            if (!now._access.TryGetValue(what, out var after))
                continue;
            lines.AddRange(before.Except(after, StringComparer.Ordinal).Select(line => $"- {what}: {line}"));
            lines.AddRange(after.Except(before, StringComparer.Ordinal).Select(line => $"+ {what}: {line}"));
        }

        foreach (var (table, before) in _rows)
        {
            if (!now._rows.TryGetValue(table, out var after))
                continue;
            if (before.Rows != after.Rows)
                lines.AddRange([$"- rows of {table}: {before.Rows}", $"+ rows of {table}: {after.Rows}"]);
            else if (!isSecondUp && before != after)
                lines.Add($"+ rows of {table}: as many, with other values");
        }

        // One that is ahead has left a gap, as every transaction that is taken back does.
        foreach (var (counter, before) in _counters)
        {
            if (now._counters.TryGetValue(counter, out var after) && after < before)
                lines.AddRange([$"- {counter} is at {before}", $"+ {counter} is at {after}, and hands out again what was handed out"]);
        }

        return lines.Count <= MostLines ? lines : [.. lines.Take(MostLines), $"and {lines.Count - MostLines} more"];
    }

    // In the order of their names: a rebuilt table may have its columns in another one.
    private static async Task<RowDigest> RowsAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        CatalogueObject table,
        CancellationToken cancellationToken
    )
    {
        var columns = (await dialect.ColumnsAsync(connection, null, table.Name, cancellationToken).ConfigureAwait(false))
            .Select(static column => column.Name)
            .Order(StringComparer.Ordinal)
            .Select(dialect.Quote);
        return await RowDigest
            .TakeAsync(dialect, connection, null, $"SELECT {string.Join(", ", columns)} FROM {table.Source}", cancellationToken)
            .ConfigureAwait(false);
    }

    [GeneratedRegex(@"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Moment();
}
