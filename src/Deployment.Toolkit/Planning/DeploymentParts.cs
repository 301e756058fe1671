using Deployment.Toolkit.Activation;
using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Pinning;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Masking;
using Deployment.Toolkit.Secrets.Rotation;
using Deployment.Toolkit.Tenants;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Planning;

/// <summary>What the built-in steps work with in one environment.</summary>
internal sealed record DeploymentParts
{
    internal required DeploymentEnvironment Environment { get; init; }

    internal required Release Release { get; init; }

    internal required IServiceProvider Services { get; init; }

    internal required IConfiguration Configuration { get; init; }

    /// <summary>Takes the configuration for the journal.</summary>
    internal required ConfigurationRecorder Recorder { get; init; }

    /// <summary>What a rollback pins and an up lifts.</summary>
    internal required PinnedConfiguration Pin { get; init; }

    internal required string ContentRoot { get; init; }

    /// <summary>Of this environment; the file may not be there.</summary>
    internal required SealedSecrets SealedSecrets { get; init; }

    /// <summary>The app's databases, in the order in which they are deployed.</summary>
    internal IReadOnlyList<DatabaseParts> Databases { get; init; } = [];

    /// <summary>These parts for each of the databases; once, as they are, when there is one or none.</summary>
    internal IReadOnlyList<DeploymentParts> Each => Databases.Count <= 1 ? [this] : [.. Databases.Select(On)];

    /// <summary>Databases of tenants, in the order in which they are migrated: behind those of the app.</summary>
    internal IReadOnlyList<TenantFleet> Tenants { get; init; } = [];

    /// <summary>Which database these are about; of several, the first.</summary>
    internal DatabaseKey Key => _tenants ?? Database?.Key ?? DatabaseKey.Only;

    /// <summary>Whether they are for what tenants have in common.</summary>
    internal bool IsOfTenants => _tenants is not null;

    /// <summary>What the binary has for all databases.</summary>
    internal IReadOnlyList<VerifiedMigration> Evidence =>
        [
            .. Each.Select(static each => each.Migrations)
                .Concat(Tenants.Select(static fleet => fleet.Migrations))
                .SelectMany(static set => set.Evidence),
        ];

    // Of parts that are about tenants alone.
    private DatabaseKey? _tenants;

    /// <summary><see langword="null"/> when the app has none; of several, the first.</summary>
    internal TargetDatabase? Database { get; init; }

    /// <summary>How long to wait for whoever migrates the database.</summary>
    internal TimeSpan LockTimeout { get; init; }

    internal BackupStore? Backups { get; init; }

    /// <summary>Why there is no backup to go back to; <see langword="null"/> when there is.</summary>
    internal string? WithoutBackup { get; init; }

    /// <summary>How long a backup may take.</summary>
    internal TimeSpan BackupLimit { get; init; }

    /// <summary>What takes backups in the toolkit's place; <see langword="null"/> when nothing does.</summary>
    internal OtherBackup? BackupBy { get; init; }

    internal required MigrationSet Migrations { get; init; }

    /// <summary>Where these come from.</summary>
    internal required MigrationSources Sources { get; init; }

    internal required ScopedActivator Activator { get; init; }

    internal required HealthGate Health { get; init; }

    /// <summary>The rotators of secrets that the app has.</summary>
    internal required SecretRotators Rotators { get; init; }

    /// <summary>Reads secrets as the app does.</summary>
    internal required SecretResolver Resolver { get; init; }

    /// <summary>Takes values that are to be masked.</summary>
    internal required IssuedSecrets Issued { get; init; }

    internal required SecretRedactor Redactor { get; init; }

    /// <summary>The key of the hashes of what steps depend on; none before the first deployment.</summary>
    internal required Func<CancellationToken, ValueTask<string?>> InputKey { get; init; }

    internal required TimeProvider Time { get; init; }

    internal required ILogger Logger { get; init; }

    /// <summary>These parts for one database.</summary>
    /// <param name="name">Its name; <see langword="null"/> for an app's only one.</param>
    /// <exception cref="DeploymentException">There is none of that name, or there are several and none is named.</exception>
    internal DeploymentParts One(string? name)
    {
        if (name is null && Databases.Count <= 1)
            return this;
        if (name is not null && Databases.FirstOrDefault(parts => parts.Database.Key.Is(name)) is { } chosen)
            return On(chosen);

        if (name is not null && TenantsOf(name) is not null)
            throw DeploymentException.Refused(
                Codes.CommandLineInvalid,
                $"'{name}' are databases of tenants, and this is done to one database. Nothing was changed. Say whose with --tenant ID where the "
                    + $"command takes it. All of them move with 'deploy up' and 'deploy rollback', and 'deploy migrations up --database {name}' applies "
                    + "what is pending."
            );

        var names = Databases.Select(static parts => parts.Database.Key.Name).Where(static known => known.Length > 0).ToList();
        throw DeploymentException.Refused(
            Codes.CommandLineInvalid,
            name is null
                ? $"The app has several databases: {string.Join(", ", names)}. Nothing was changed. Say which with --database NAME."
                : $"The app has no database '{name}'.{Suggestion.Sentence(name, names)} "
                    + (
                        names.Count == 0
                            ? "Leave --database out."
                            : $"Declared are {string.Join(", ", names)}; name one of them with --database."
                    )
        );
    }

    /// <summary>These parts for one database, or for that of one tenant.</summary>
    /// <param name="name">Its name, or what the tenants are called.</param>
    /// <param name="tenant">The tenant's id; <see langword="null"/> for a database of the app's own.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">There is none such.</exception>
    internal async Task<DeploymentParts> OneAsync(string? name, string? tenant, CancellationToken cancellationToken)
    {
        if (tenant is null)
            return One(name);

        var fleet =
            (
                name is not null ? TenantsOf(name)
                : Tenants is [var only] ? only
                : null
            )
            ?? throw DeploymentException.Refused(
                Codes.CommandLineInvalid,
                Tenants.Count == 0
                    ? "The app has no tenants. Nothing was changed. Leave --tenant out."
                    : $"Whose tenant '{VisibleText.Line(tenant)}' is isn't said. Nothing was changed. Say it with --database NAME: "
                        + $"{string.Join(", ", Tenants.Select(static fleet => fleet.Name))}."
            );
        var (database, backups) = await fleet.OpenAsync(tenant, cancellationToken).ConfigureAwait(false);
        return On(new DatabaseParts(database, fleet.Migrations, fleet.Sources, backups)) with
        {
            WithoutBackup = fleet.Backups.WithoutReason,
            BackupBy = null,
        };
    }

    /// <summary>These parts for one database, or for what tenants have in common.</summary>
    /// <param name="name">Its name, or theirs.</param>
    /// <exception cref="DeploymentException">There is none of that name.</exception>
    internal DeploymentParts OneOrTenants(string name) => TenantsOf(name) is { } fleet ? On(fleet) : One(name);

    /// <summary>Tenants by what they are called; <see langword="null"/> when nobody is called so.</summary>
    internal TenantFleet? TenantsOf(string name) => Tenants.FirstOrDefault(fleet => fleet.Key.Is(name));

    /// <summary>These parts for what tenants have in common, and no database.</summary>
    internal DeploymentParts On(TenantFleet fleet) =>
        this with
        {
            Databases = [],
            Database = null,
            Tenants = [],
            Migrations = fleet.Migrations,
            Sources = fleet.Sources,
            Backups = null,
            _tenants = fleet.Key,
        };

    private DeploymentParts On(DatabaseParts parts) =>
        this with
        {
            Databases = [parts],
            Database = parts.Database,
            Tenants = [],
            Migrations = parts.Migrations,
            Sources = parts.Sources,
            Backups = parts.Backups,
        };
}
