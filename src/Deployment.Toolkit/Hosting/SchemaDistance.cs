using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Hosting;

/// <summary>How far the database is from what this binary's code works with.</summary>
/// <param name="Pending">What it lacks, in order.</param>
/// <param name="Ahead">The versions that a newer release brought.</param>
internal sealed record SchemaDistance(IReadOnlyList<string> Pending, IReadOnlyList<string> Ahead)
{
    private const int MostNamed = 5;

    /// <summary>The pending ones, for people.</summary>
    internal string Named =>
        string.Join(", ", Pending.Take(MostNamed)) + (Pending.Count > MostNamed ? $" and {Pending.Count - MostNamed} more" : "");

    /// <summary>This, and how far another database is.</summary>
    internal SchemaDistance With(SchemaDistance other) => new([.. Pending, .. other.Pending], [.. Ahead, .. other.Ahead]);

    /// <summary>Measures it; only versions are read.</summary>
    /// <exception cref="DbException">The database can't be asked.</exception>
    /// <exception cref="DeploymentException">The same, in the product's words.</exception>
    internal static async Task<SchemaDistance> MeasureAsync(
        TargetDatabase database,
        MigrationSet known,
        CancellationToken cancellationToken
    )
    {
        var applied =
            known.Companions.Count == 0
                ? (await HistoryOwner.ReadAsync(database, cancellationToken).ConfigureAwait(false)).Select(static row => row.Version)
                : (await ReadableHistory.OfAsync(database, known, cancellationToken).ConfigureAwait(false)).Select(static row =>
                    row.Version
                );
        var versions = applied.ToList();
        var there = versions.Select(MigrationVersion.Normal).ToHashSet(StringComparer.Ordinal);
        return new SchemaDistance(
            [
                .. known
                    .All.Where(definition => !there.Contains(MigrationVersion.Normal(definition.Version)))
                    .Select(definition => database.Key.Title(definition.Title)),
                .. (await RepeatablesAsync(database, known, cancellationToken).ConfigureAwait(false)).Select(database.Key.Title),
            ],
            [.. versions.Where(version => known.Find(version) is null)]
        );
    }

    // One whose content was applied and then gave way to another's belongs to a release that a newer one has overtaken: nothing is missing.
    private static async Task<IEnumerable<string>> RepeatablesAsync(
        TargetDatabase database,
        MigrationSet known,
        CancellationToken cancellationToken
    )
    {
        if (known.Repeatables.Count == 0)
            return [];

        var rows = (await RepeatableHistory.ReadAsync(database, cancellationToken).ConfigureAwait(false)).Rows;
        return known
            .Repeatables.Where(definition =>
                !rows.Any(row => row.Version == definition.Version && row.Checksum == definition.Checksum && !row.IsBegun)
            )
            .Select(static definition => definition.Title);
    }
}
