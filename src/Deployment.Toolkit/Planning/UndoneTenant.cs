using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Planning;

/// <summary>A tenant of whose database something is undone.</summary>
/// <param name="Look">How it stands.</param>
/// <param name="Planned">What is undone.</param>
/// <param name="Rows">The same by its history, the last one first; what was only begun is none of it.</param>
internal sealed record UndoneTenant(TenantLook Look, IReadOnlyList<PlannedMigration> Planned, IReadOnlyList<AppliedMigration> Rows)
{
    /// <param name="look">How it stands.</param>
    /// <param name="planned">What is undone.</param>
    /// <param name="repeated">Of this what repeatable scripts have left there.</param>
    internal static UndoneTenant Of(TenantLook look, IReadOnlyList<PlannedMigration> planned, IReadOnlyList<AppliedMigration> repeated)
    {
        var versions = planned.Select(static one => one.Version).ToHashSet(StringComparer.Ordinal);
        return new UndoneTenant(look, planned, [.. repeated, .. look.Applied.Where(row => versions.Contains(row.Version)).Reverse()]);
    }

    /// <summary>The versions that are left there.</summary>
    internal IReadOnlyList<string> Left =>
        [.. Look.Applied.Select(static row => row.Version).Except(Rows.Select(static row => row.Version), StringComparer.Ordinal)];

    /// <summary>What of it has no way back of its own.</summary>
    internal IEnumerable<AppliedMigration> Stuck(MigrationSet migrations) =>
        Rows.Where(row =>
            row.Irreversible is not null || (row.DownSql is null && !(row.IsClass && migrations.Find(row.Version) is { HasWayBack: true }))
        );
}
