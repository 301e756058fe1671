using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Migrations;

/// <summary>What a release's databases had when it was verified.</summary>
internal static class VerifiedSchema
{
    /// <summary>
    /// The schema of one database. One that was declared later had none then; those of tenants had what the binary had for them.
    /// </summary>
    internal static IReadOnlyList<string> SchemaOf(this ReleaseVerified release, DatabaseKey key) =>
        release.Databases is null && key.IsFirst
            ? release.Schema
            : release.Databases?.FirstOrDefault(database => key.Is(database.Name))?.Schema ?? BinarysFor(release, key.Tenants ?? key.Name);

    private static List<string> BinarysFor(ReleaseVerified release, string name) =>
        [
            .. (release.Migrations ?? [])
                .Where(migration => name.Equals(migration.Database, StringComparison.OrdinalIgnoreCase))
                .Select(static migration => migration.Version)
                .Where(static version => !MigrationVersion.IsRepeatable(version)),
        ];
}
