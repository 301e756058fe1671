using Deployment.Toolkit.Activation;
using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Pinning;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Renewal;
using Deployment.Toolkit.Schema;
using Deployment.Toolkit.Steps;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Composition;

/// <summary>The steps that the engine's rooms contribute.</summary>
internal static class BuiltInSteps
{
    /// <summary>Makes them.</summary>
    /// <param name="parts">What there is in the environment; each step is given what it needs of it.</param>
    /// <param name="session">The journal to write in; <see langword="null"/> while only a plan is made.</param>
    internal static IReadOnlyList<CatalogStep> Of(DeploymentParts parts, JournalSession? session)
    {
        var issuer = new SecretIssuer(parts.Rotators, parts.Services, parts.Logger);
        var tools = new OtherBackupTools(parts.ContentRoot, parts.Time);
        return
        [
            .. OptionsSteps.Of(parts.Services),
            .. PinningSteps.Of(parts.Pin, parts.Recorder, session),
            .. BackupSteps.OfAll(parts.BackupBy, tools),
            .. parts.Each.SelectMany(each => OfDatabase(each, tools, session)),
            .. parts.Tenants.SelectMany(fleet => TenantSteps.Of(fleet, parts.LockTimeout, tools, session)),
            .. ActivationSteps.Of(parts.Activator),
            .. HealthSteps.Of(parts.Health),
            .. PromotionSteps.Of(parts.Recorder, parts.SealedSecrets, parts.Evidence, session),
            .. RenewalSteps.Of(issuer, parts.SealedSecrets, parts.Issued, parts.Resolver, parts.Activator),
        ];
    }

    private static IEnumerable<CatalogStep> OfDatabase(DeploymentParts parts, OtherBackupTools tools, JournalSession? session)
    {
        var runner = parts.Database is null
            ? null
            : new MigrationRunner(parts.Database, parts.Services, parts.Time, parts.Migrations, parts.LockTimeout, parts.Logger);
        return
        [
            .. BackupSteps.Of(parts.Backups, parts.BackupBy, parts.BackupLimit, session),
            .. SchemaSteps.Of(parts.Database, parts.Migrations, runner, parts.Backups, parts.WithoutBackup, parts.BackupBy, tools, session),
        ];
    }
}
