using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Migrations;

/// <summary>What a rehearsal proves something of.</summary>
internal static class RehearsedPlan
{
    /// <summary>
    /// The hash of all in a plan that its migrations depend on: the release, whose classes have no checksum, what is applied before them,
    /// and each with its content and its way back. Gates and configuration are none of it: they change by the hour, and migrate nothing.
    /// </summary>
    internal static string HashOf(DeploymentPlan plan, IReadOnlyList<VerifiedMigration> binary)
    {
        var ways = binary.ToDictionary(static migration => MigrationVersion.Normal(migration.Version), StringComparer.Ordinal);
        var text = new StringBuilder();
        Add(plan.Environment);
        Add(plan.Release.ToString());
        foreach (var version in plan.SchemaBefore)
            Add(version);
        text.Append(';');
        foreach (var migration in plan.Migrations)
        {
            Add(migration.Version);
            Add(migration.Checksum);
            Add(migration.Before);
            Add(ways.GetValueOrDefault(MigrationVersion.Normal(migration.Version))?.WayBack);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));

        // Lengths stand before the texts, so that no two run into one another.
        void Add(string? part) => text.Append(part?.Length ?? -1).Append(':').Append(part);
    }
}
