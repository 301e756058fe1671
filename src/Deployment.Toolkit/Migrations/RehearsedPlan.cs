using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Migrations;

/// <summary>What a rehearsal proves something of.</summary>
internal static class RehearsedPlan
{
    /// <summary>
    /// The same for each database that a plan migrates: each is rehearsed by itself; and for tenants, of whom one is rehearsed for all.
    /// </summary>
    internal static IReadOnlyList<string> HashesOf(DeploymentPlan plan, IReadOnlyList<VerifiedMigration> binary) =>
        [
            .. plan.Databases is not { } databases
                ? plan.Migrations.Count == 0
                    ? []
                    : [HashOf(plan, binary, null)]
                : databases
                    .Select(database => (database.Name, Plan: plan.On(new DatabaseKey(database.Name, IsFirst: false, IsOnly: false))))
                    .Where(static own => own.Plan.Migrations.Count > 0)
                    .Select(own => HashOf(own.Plan, binary, own.Name)),
            .. (plan.Tenants ?? []).Where(IsRehearsed).Select(tenants => HashOf(plan, tenants, binary)),
        ];

    /// <summary>Whether there is a tenant to rehearse on: who they are may be found out in the run alone.</summary>
    internal static bool IsRehearsed(PlannedTenants tenants) => tenants is { Migrations.Count: > 0, NotFound: null };

    /// <summary>
    /// The same for tenants: the migrations that each has afterwards, with their ways back. What a tenant has before is its own; the one
    /// that is rehearsed stands for the others.
    /// </summary>
    internal static string HashOf(DeploymentPlan plan, PlannedTenants tenants, IReadOnlyList<VerifiedMigration> binary)
    {
        var text = new StringBuilder();
        Add(plan.Environment);
        Add(plan.Release.ToString());
        Add(tenants.Name);
        Add(tenants.Contents);
        var ways = WaysOf(binary, tenants.Name);
        foreach (var version in tenants.Versions)
            Add(ways.GetValueOrDefault(MigrationVersion.Normal(version))?.WayBack);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));

        void Add(string? part) => text.Append(part?.Length ?? -1).Append(':').Append(part);
    }

    private static Dictionary<string, VerifiedMigration> WaysOf(IReadOnlyList<VerifiedMigration> binary, string? database) =>
        binary
            .Where(migration => migration.Database == database)
            .ToDictionary(static migration => MigrationVersion.Normal(migration.Version), StringComparer.Ordinal);

    /// <summary>
    /// The hash of all in a plan that its migrations depend on: the release, whose classes have no checksum, what is applied before them,
    /// and each with its content and its way back. Gates and configuration are none of it: they change by the hour, and migrate nothing.
    /// </summary>
    /// <param name="plan">What is planned for one database.</param>
    /// <param name="binary">What the binary has.</param>
    /// <param name="database">The database, where the app has several.</param>
    internal static string HashOf(DeploymentPlan plan, IReadOnlyList<VerifiedMigration> binary, string? database)
    {
        var ways = WaysOf(binary, database);
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
