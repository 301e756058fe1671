using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Tenants;

/// <summary>The steps about databases of tenants.</summary>
internal static class TenantSteps
{
    internal static IEnumerable<CatalogStep> Of(TenantFleet fleet, TimeSpan lockTimeout, OtherBackupTools tools, JournalSession? session) =>
        [
            CatalogStep.BuiltIn(
                StepRole.Migrate,
                new MigrateTenantsStep(fleet, new TenantMigration(fleet, lockTimeout, tools, session), session),
                fleet.Options.Limit,
                fleet.Name
            ),
            CatalogStep.BuiltIn(StepRole.RestoreBackup, new RestoreTenantStep(fleet, session), fleet.Backups.Limit, fleet.Name),
        ];
}
