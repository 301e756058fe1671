namespace Deployment.Toolkit;

/// <summary>How a command ended.</summary>
public sealed record DeploymentResult
{
    /// <summary>How it ended.</summary>
    public required DeploymentOutcome Outcome { get; init; }

    /// <summary>The environment; <see langword="null"/> when it was not even known.</summary>
    public string? Environment { get; init; }

    /// <summary>What there is to say, secrets masked.</summary>
    public IReadOnlyList<DeploymentMessage> Messages { get; init; } = [];

    /// <summary>The plan that was made or executed.</summary>
    public DeploymentPlan? Plan { get; init; }

    /// <summary>The run that was executed or taken up.</summary>
    public DeploymentRun? Run { get; init; }

    /// <summary>
    /// What became of each backup when they were pruned, the newest first; <see langword="null"/> where nothing was decided.
    /// </summary>
    public IReadOnlyList<BackupDecision>? Backups { get; init; }

    /// <summary>How each migration stands after a baseline; <see langword="null"/> for everything else.</summary>
    public IReadOnlyList<MigrationState>? Migrations { get; init; }
}
