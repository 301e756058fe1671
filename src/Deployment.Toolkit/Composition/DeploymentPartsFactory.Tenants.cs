using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Composition;

/// <content>The app's tenants.</content>
internal sealed partial class DeploymentPartsFactory
{
    /// <summary>Each kind with this binary's migrations for it.</summary>
    private IReadOnlyList<TenantFleet> Tenants() =>
        [.. model.Tenants.Where(static declared => declared.Options.Dialect is not null).Select(Fleet)];

    private TenantFleet Fleet(DeclaredTenants declared)
    {
        var sources = model.MigrationsOf(declared);
        return new TenantFleet(
            declared,
            MigrationSet.Load(sources, declared.Options.Dialect!(), host.ContentRootPath, services, null, declared.Key),
            sources,
            services,
            host.ContentRootPath,
            time,
            _logger,
            redactor.Redact
        )
        {
            Backups = BackupsOf(declared),
        };
    }

    private TenantBackups BackupsOf(DeclaredTenants declared)
    {
        var chosen = model.Registrations.Of<ChosenBackup>();
        var environment = model.Environments.Get(host.EnvironmentName);
        return new TenantBackups(
            Path.Combine(PathsOf(environment).Backups, declared.Name),
            (database, tenant) => PackingsOf(database, environment, $"{declared.Name}/{tenant}"),
            token => ReadLedgerAsync(environment, token),
            time
        )
        {
            WithoutReason =
                chosen.WithoutReason
                ?? (chosen.By is { } other ? $"{other.Title} takes backups, and knows nothing of tenants" : null)
                ?? (declared.Options.KeepMigrated ? "KeepMigrated() leaves them as they are when the run goes back" : null),
            Limit = chosen.Options.WaitAtMost,
        };
    }
}
