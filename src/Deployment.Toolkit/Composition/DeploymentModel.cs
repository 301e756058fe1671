using Deployment.Toolkit.Activation;
using Deployment.Toolkit.DatabaseJournal;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Known;
using Deployment.Toolkit.Dependencies;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Rotation;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Composition;

/// <summary>
/// Everything that was registered, as commands read it. Calls may come in any order and more than once; what doesn't fit together is said
/// at start.
/// </summary>
/// <param name="registrations">What the rooms kept.</param>
/// <param name="servicesOf">What is registered for a service, as far as types tell, without making any.</param>
internal sealed class DeploymentModel(Registrations registrations, Func<Type, IReadOnlyList<Type>> servicesOf)
{
    internal Registrations Registrations => registrations;

    internal EnvironmentGraph Environments => registrations.Of<DeclaredEnvironments>().Graph;

    internal OwnedSections Options => registrations.Of<OwnedSections>();

    /// <summary>The settings of which the app said that they hold a secret.</summary>
    internal DeclaredSecrets Secrets => registrations.Of<DeclaredSecrets>();

    /// <summary>Whether a key is a secret's although its name doesn't say so.</summary>
    internal bool IsSecret(string key) => Options.IsSecret(key) || Secrets.Holds(key);

    internal DeclaredDifferences Differences => field ??= new DeclaredDifferences(Options, registrations.Of<DifferingKeys>());

    /// <summary>What <c>check --online</c> tries, in the order of registration; the last of a name counts.</summary>
    internal IReadOnlyList<Dependency> Dependencies => registrations.Of<List<Dependency>>();

    /// <summary>What remembers the heads of journals.</summary>
    internal IReadOnlyList<JournalAnchor> Anchors => registrations.Of<List<JournalAnchor>>();

    /// <summary>The database that the journals lie in; without one they lie on this machine's disk.</summary>
    internal ChosenJournal Journal => registrations.Of<ChosenJournal>();

    /// <summary>Pins of sealed files, of any environments.</summary>
    internal SealedSecretsOptions Sealed => registrations.Of<SealedSecretsOptions>();

    internal IReadOnlyList<SecretSourceRegistration> SecretSources => registrations.Of<List<SecretSourceRegistration>>();

    internal IReadOnlyList<Type> ServicesOf(Type service) => servicesOf(service);

    internal SecretRotators Rotators => registrations.Of<SecretRotators>();

    /// <summary>The migrations of the database that is declared first.</summary>
    internal MigrationSources Migrations => MigrationsOf(Databases.All.Count == 0 ? null : Databases.All[0]);

    /// <summary>The databases that migrations name.</summary>
    internal IReadOnlyCollection<string> MigratedDatabases => registrations.Of<NamedMigrations>().Databases;

    /// <summary>A database's migrations: those that name it and, of the first, those that name none.</summary>
    internal MigrationSources MigrationsOf(DeclaredDatabase? declared)
    {
        var unnamed = registrations.Of<MigrationSources>();
        var named = declared is null ? null : registrations.Of<NamedMigrations>().Find(declared.Name);
        return declared is not null && !ReferenceEquals(declared, Databases.All[0]) ? named ?? new MigrationSources()
            : named is null ? unnamed
            : unnamed.With(named);
    }

    /// <summary>Databases of tenants, in the order in which they are migrated.</summary>
    internal IReadOnlyList<DeclaredTenants> Tenants => registrations.Of<AllTenants>().All;

    /// <summary>The migrations of tenants, which name them.</summary>
    internal MigrationSources MigrationsOf(DeclaredTenants declared) =>
        registrations.Of<NamedMigrations>().Find(declared.Name) ?? new MigrationSources();

    internal IReadOnlyList<StepRegistration> Steps => registrations.Of<List<StepRegistration>>();

    internal IReadOnlyList<PromotionGateRegistration> Gates => registrations.Of<List<PromotionGateRegistration>>();

    internal Declarations Declarations => registrations.Of<Declarations>();

    internal ActivatorRegistration Activator => registrations.Of<ChosenActivator>().Registration;

    /// <summary>The app's databases.</summary>
    internal DeclaredDatabases Databases => registrations.Of<DeclaredDatabases>();

    /// <summary>How the database speaks; of several, the first.</summary>
    internal DatabaseDialect Dialect => Databases.All.Count == 0 ? KnownDialects.Default : Databases.All[0].Dialect;
}
