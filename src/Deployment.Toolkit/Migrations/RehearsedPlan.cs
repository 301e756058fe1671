using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Migrations;

/// <summary>What a rehearsal proves something of.</summary>
internal static class RehearsedPlan
{
    /// <summary>The same for each database that a plan migrates: each is rehearsed by itself.</summary>
    internal static IReadOnlyList<string> HashesOf(DeploymentPlan plan, IReadOnlyList<VerifiedMigration> binary) =>
        plan.Databases is not { } databases
            ? [HashOf(plan, binary, null)]
            :
            [
                .. databases
                    .Select(database => (database.Name, Plan: plan.On(new DatabaseKey(database.Name, IsFirst: false, IsOnly: false))))
                    .Where(static own => own.Plan.Migrations.Count > 0)
                    .Select(own => HashOf(own.Plan, binary, own.Name)),
            ];

    /// <summary>
    /// The hash of all in a plan that its migrations depend on: the release, whose classes have no checksum, what is applied before them,
    /// and each with its content and its way back. Gates and configuration are none of it: they change by the hour, and migrate nothing.
    /// </summary>
    /// <param name="plan">What is planned for one database.</param>
    /// <param name="binary">What the binary has.</param>
    /// <param name="database">The database, where the app has several.</param>
    internal static string HashOf(DeploymentPlan plan, IReadOnlyList<VerifiedMigration> binary, string? database)
    {
        var ways = binary
            .Where(migration => migration.Database == database)
            .ToDictionary(static migration => MigrationVersion.Normal(migration.Version), StringComparer.Ordinal);
        var text = new StringBuilder();
        Add(plan.Environment);
        Add(plan.Release.ToString());
        if (database is not null)
            Add(database);
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
