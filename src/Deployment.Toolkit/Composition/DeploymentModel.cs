using System.Data.Common;
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

    internal MigrationSources Migrations => registrations.Of<MigrationSources>();

    internal IReadOnlyList<StepRegistration> Steps => registrations.Of<List<StepRegistration>>();

    internal IReadOnlyList<PromotionGateRegistration> Gates => registrations.Of<List<PromotionGateRegistration>>();

    internal Declarations Declarations => registrations.Of<Declarations>();

    internal ActivatorRegistration Activator => registrations.Of<ChosenActivator>().Registration;

    /// <summary>How the database speaks.</summary>
    internal DatabaseDialect Dialect => registrations.Of<ChosenDatabase>().Dialect ?? KnownDialects.Default;

    /// <summary>Makes unopened connections; <see langword="null"/> when the app has no database.</summary>
    internal Func<IServiceProvider, DbConnection>? Database => registrations.Of<ChosenDatabase>().Connect;
}
