using System.Data.Common;
using Deployment.Toolkit.Activation;
using Deployment.Toolkit.Dependencies;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Rotation;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Composition;

/// <summary>Everything that was registered. Calls may come in any order and more than once; what doesn't fit together is said at start.</summary>
internal sealed class DeploymentModel
{
    internal EnvironmentGraph Environments { get; set; } = EnvironmentGraph.Default();

    internal OwnedSections Options { get; } = new();

    internal DeclaredDifferences Differences => field ??= new DeclaredDifferences(Options);

    /// <summary><see langword="null"/> when the app reads no <c>.env</c> files.</summary>
    internal DotEnvOptions? DotEnv { get; set; }

    /// <summary>What <c>check --online</c> tries, in the order of registration; the last of a name counts.</summary>
    internal List<Dependency> Dependencies { get; } = [];

    /// <summary>What remembers the heads of journals.</summary>
    internal List<JournalAnchor> Anchors { get; } = [];

    internal bool HasDriftCheck { get; set; }

    internal bool WatchesSecrets { get; set; }

    /// <summary>Pins of sealed files, of any environments.</summary>
    internal SealedSecretsOptions Sealed { get; } = new();

    internal List<SecretSourceRegistration> SecretSources { get; } = [];

    /// <summary>What is registered for a service, as far as types tell, without making any.</summary>
    internal Func<Type, IReadOnlyList<Type>> ServicesOf { get; set; } = static _ => [];

    internal SecretRotators Rotators { get; } = new();

    internal MigrationSources Migrations { get; } = new();

    internal List<StepRegistration> Steps { get; } = [];

    /// <summary>What must be said once, and what was said of it.</summary>
    internal Declarations Declarations { get; } = new();

    internal HealthGateOptions Health { get; } = new();

    internal ActivatorRegistration? Activator { get; set; }

    /// <summary>Makes unopened connections; <see langword="null"/> when the app has no database.</summary>
    internal Func<IServiceProvider, DbConnection>? Database { get; set; }
}
