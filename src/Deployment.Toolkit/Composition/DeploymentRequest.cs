namespace Deployment.Toolkit;

/// <summary>What is asked of a <see cref="Deployer"/>, beside the verb. What a verb does not use it ignores.</summary>
public sealed record DeploymentRequest
{
    /// <summary>The release, as <c>version</c> or <c>version+commit</c>. Default: the entry assembly's informational version.</summary>
    public string? Release { get; init; }

    /// <summary>Whether to plan only. Default <see langword="false"/>.</summary>
    public bool DryRun { get; init; }

    /// <summary>How long to wait for the environment's lock; zero refuses at once. Default: the setting <c>Deployment:LockTimeout</c>, else 5 minutes.</summary>
    public TimeSpan? LockTimeout { get; init; }

    /// <summary>Whether rows written since a backup may be lost by restoring it. Default <see langword="false"/>.</summary>
    public bool AcceptDataLoss { get; init; }

    /// <summary>In a rollback, the release to go back to. Default: the newest verified one before the present.</summary>
    public string? To { get; init; }

    /// <summary>In a renewal, for how long the version before stays readable as <c>secret://name@previous</c>; at most 365 days. Default: 24 hours.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>In a renewal, whether the old credential stays valid at its issuer until <c>deploy secrets retire</c>. Default <see langword="false"/>.</summary>
    public bool KeepOld { get; init; }

    /// <summary>
    /// In a check, whether only the binary and its settings are looked at: for a build server, which has neither the environment's journal nor its
    /// database. Default <see langword="false"/>.
    /// </summary>
    public bool SettingsOnly { get; init; }

    /// <summary>In a check, whether everything that the app depends on is tried for real. Default <see langword="false"/>: nothing is contacted.</summary>
    public bool Online { get; init; }

    /// <summary>How long each of them may take; above zero, at most an hour. It is enforced. Default 10 seconds.</summary>
    public TimeSpan OnlineTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>At <c>resume</c> and <c>abort</c>, steps in doubt that a person found done.</summary>
    public IReadOnlyList<string> MarkDone { get; init; } = [];

    /// <summary>At <c>resume</c> and <c>abort</c>, steps in doubt that a person found not done.</summary>
    public IReadOnlyList<string> MarkNotDone { get; init; } = [];

    /// <summary>
    /// Who whoever asks says they are. It is recorded as claimed, beside the operating system's user and not in its place. At most 128 letters, digits, blanks,
    /// '.', '-', '_', '@' and '+'. Default <see langword="null"/>: nobody says anything.
    /// </summary>
    public string? ClaimedOperator { get; init; }

    /// <summary>Is told what happens while it happens.</summary>
    public IProgress<DeploymentProgress>? Progress { get; init; }
}

/// <summary>How a command ended.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Environment">The environment; <see langword="null"/> when it was not even known.</param>
/// <param name="Messages">What there is to say, secrets masked.</param>
public sealed record DeploymentResult(DeploymentOutcome Outcome, string? Environment, IReadOnlyList<DeploymentMessage> Messages)
{
    /// <summary>The plan that was made or executed.</summary>
    public DeploymentPlan? Plan { get; init; }

    /// <summary>The run that was executed or taken up.</summary>
    public DeploymentRun? Run { get; init; }
}
