using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>What the engine's own gates are made from.</summary>
/// <param name="Environment">Where a release wants to enter.</param>
/// <param name="Graph">The declared environments.</param>
/// <param name="LedgerOf">Reads an environment's journal.</param>
/// <param name="Time">The clock.</param>
internal sealed record GateSources(
    DeploymentEnvironment Environment,
    EnvironmentGraph Graph,
    Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> LedgerOf,
    TimeProvider Time
)
{
    /// <summary>What the release brings with it; <see langword="null"/> when that could not be found out.</summary>
    internal IReadOnlyList<VerifiedMigration>? Migrations { get; init; }

    /// <summary>What bundles of other environments count for.</summary>
    internal required TrustedEvidence Trusted { get; init; }

    /// <summary>What would be done, with its steps; <see langword="null"/> when no plan can be made.</summary>
    internal DeploymentPlan? Planned { get; init; }

    /// <summary>What somebody wants to skip; <see langword="null"/> for nothing.</summary>
    internal BypassRequest? Bypass { get; init; }

    /// <summary>The point of the glass key that is here, in Base64; <see langword="null"/> when none is, or none is asked for.</summary>
    internal string? GlassKey { get; init; }

    /// <summary>Who promotes.</summary>
    internal required Actor Promoter { get; init; }

    /// <summary>Finds who wrote a commit.</summary>
    internal required CommitAuthors Authors { get; init; }

    /// <summary>Where the app's files are.</summary>
    internal required string ContentRoot { get; init; }

    /// <summary>The app's health checks.</summary>
    internal required HealthGate Health { get; init; }

    /// <summary>The databases' backups; <see langword="null"/> when they could not be found out.</summary>
    internal IReadOnlyList<BackupStore>? Backups { get; init; }

    /// <summary>Why the toolkit takes no backups; <see langword="null"/> when it does.</summary>
    internal string? WithoutBackups { get; init; }

    /// <summary>What is wrong with the configuration beside that of the environment before.</summary>
    internal required Func<IReadOnlyList<DeploymentMessage>> Configuration { get; init; }

    /// <summary>What the environment shares with others that it must not; <see langword="null"/> where the app doesn't ask that.</summary>
    internal IReadOnlyList<DeploymentMessage>? Isolation { get; init; }

    /// <summary>What speaks against the pending migrations; <see langword="null"/> when it can't be told.</summary>
    internal required Func<IReadOnlyList<DeploymentMessage>?> Lint { get; init; }
}
