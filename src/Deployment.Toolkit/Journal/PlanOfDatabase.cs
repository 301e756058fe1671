namespace Deployment.Toolkit.Journal;

/// <summary>What of a plan is about one database.</summary>
internal static class PlanOfDatabase
{
    /// <summary>The plan as it is for one database: what an app's only one would have.</summary>
    internal static DeploymentPlan On(this DeploymentPlan plan, DatabaseKey key)
    {
        if (plan.Databases is null && key.IsFirst)
            return plan;

        var own = plan.Databases?.FirstOrDefault(database => key.Is(database.Name));
        return plan with
        {
            Migrations = own is null ? [] : [.. plan.Migrations.Where(migration => key.Is(migration.Database))],
            SchemaBefore = own?.SchemaBefore ?? [],
            SchemaAfter = own?.SchemaAfter ?? [],
            SchemaWayBack = own?.SchemaWayBack ?? SchemaWayBack.Nothing,
            Backup = own?.Backup,
        };
    }

    /// <summary>Whether a plan says anything of a database: one from before it was declared doesn't.</summary>
    internal static bool Concerns(this DeploymentPlan plan, DatabaseKey key) =>
        plan.Databases is { } all ? all.Any(database => key.Is(database.Name)) : key.IsFirst;

    /// <summary>Whether backups take some of the tenants back: one that has no way back of its own, and yet can go back.</summary>
    internal static bool IsRestored(this PlannedTenants tenants) =>
        !tenants.KeepsMigrated && tenants.Migrations.Any(static migration => migration is { HasWayBack: false, Irreversible: null });

    /// <summary>The way back of several that asks most of whoever takes it.</summary>
    internal static SchemaWayBack Hardest(IReadOnlyList<PlannedDatabase> databases) =>
        databases.Select(static database => database.SchemaWayBack).OrderBy(Weight).LastOrDefault(SchemaWayBack.Nothing);

    private static int Weight(SchemaWayBack way) =>
        way switch
        {
            SchemaWayBack.Nothing => 0,
            SchemaWayBack.DownScripts => 1,
            SchemaWayBack.RestoreBackup => 2,
            _ => 3,
        };
}
