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
    internal static string HashOf(DeploymentPlan plan)
    {
        var text = new StringBuilder();
        Add(plan.Kind.ToString());
        Add(plan.Environment);
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
        // Who the tenants are is found when it is time; what is done to each is approved.
        AddAll(
            plan.Tenants ?? [],
            tenants =>
            {
                Add(tenants.Name);
                AddAll(tenants.Versions, Add);
                Add(tenants.Contents);
                Add(tenants.KeepsMigrated ? "keeps migrated" : null);
            }
        );
        AddAll(
            plan.Migrations,
            migration =>
            {
                Add(migration.Database);
                Add(migration.Version);
                Add(migration.Name);
                Add(migration.Checksum);
                Add(migration.Before);
                Add(migration.HasWayBack ? "has a way back" : null);
                Add(migration.Irreversible);
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
