using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Tenants;

/// <summary>The step that brings the databases of tenants forward and back.</summary>
internal static class TenantSteps
{
    internal static CatalogStep Of(TenantFleet fleet, TimeSpan lockTimeout, OtherBackupTools tools, JournalSession? session) =>
        CatalogStep.BuiltIn(
            StepRole.Migrate,
            new MigrateTenantsStep(fleet, new TenantMigration(fleet, lockTimeout, tools, session), session),
            fleet.Options.Limit,
            fleet.Name
        );
}
