using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Promotion;

/// <summary>What somebody approves.</summary>
internal static class ApprovedPlan
{
    /// <summary>How much of the hash is shown, and is enough to name it.</summary>
    internal const int Shown = 12;

    /// <summary>
    /// The hash of all that a plan is going to do: which build enters, over which, with which migrations, configuration and steps. How
    /// gates
    /// answer is none of it: that changes by the minute, approvals among it.
    /// </summary>
    /// <param name="plan">The plan, with its steps.</param>
    /// <param name="isHotfix">Whether it is to enter as a hotfix: who approved that it enters when all gates pass did not approve
    /// that.</param>
    internal static string HashOf(DeploymentPlan plan, bool isHotfix = false)
    {
        var text = new StringBuilder();
        Add(isHotfix ? "hotfix" : null);
        Add(plan.Kind.ToString());
        Add(plan.Environment);
        Add(plan.EnvironmentId);
        AddAll(plan.Stamps ?? [], Add);
        AddRelease(plan.Release);
        AddRelease(plan.PreviousRelease);
        Add(plan.MigrationsOnly == true ? "migrations only" : null);
        Add(plan.Configuration.Hash);
        AddAll(plan.SchemaBefore, Add);
        AddAll(plan.SchemaAfter, Add);
        Add(plan.SchemaWayBack.ToString());
        AddAll(
            plan.Databases ?? [],
            database =>
            {
                Add(database.Name);
                AddAll(database.SchemaBefore, Add);
                AddAll(database.SchemaAfter, Add);
                Add(database.SchemaWayBack.ToString());
            }
        );
        AddAll(plan.Migrations, AddMigration);
        // How many tenants there are changes by the hour; what each of them gets doesn't.
        AddAll(
            plan.Tenants ?? [],
            tenants =>
            {
                Add(tenants.Name);
                Add(tenants.Contents);
                AddAll(tenants.Versions, Add);
                Add(tenants.KeepsMigrated ? "keeps what is migrated" : null);
            }
        );
        AddAll(
            plan.Steps,
            step =>
            {
                Add(step.Name);
                Add(step.Effect);
                Add(step.WayBack);
                Add(step.Irreversible);
                Add(step.IsRequired ? null : "optional");
                Add(step.InputHash);
            }
        );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));

        // Lengths stand before the texts, so that no two run into one another.
        void Add(string? part) => text.Append(CultureInfo.InvariantCulture, $"{part?.Length ?? -1}:").Append(part);

        void AddMigration(PlannedMigration migration)
        {
            Add(migration.Database);
            Add(migration.Version);
            Add(migration.Name);
            Add(migration.Checksum);
            Add(migration.Before);
            Add(migration.HasWayBack ? "has a way back" : null);
            Add(migration.Irreversible);
        }

        void AddRelease(Release? release)
        {
            Add(release?.Version);
            Add(release?.Commit);
        }

        void AddAll<T>(IReadOnlyList<T> items, Action<T> add)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{items.Count}]");
            foreach (var item in items)
                add(item);
        }
    }
}
