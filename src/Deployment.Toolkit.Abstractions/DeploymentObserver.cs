namespace Deployment.Toolkit;

/// <summary>
/// Somebody who wants to hear how runs end. Told after the run, at least once: what was to be told is kept on the disk until it was taken,
/// also when the process dies in between. A failure is tried again later and never fails a run. Derive from it and hand it to
/// <c>AddObserver</c>.
/// </summary>
public abstract class DeploymentObserver
{
    /// <summary>How long is waited between two notices, for receivers that take only so many. Default: not at all.</summary>
    public virtual TimeSpan Pause => TimeSpan.Zero;

    /// <summary>Takes a notice. It counts as taken when this returns; an exception means that it is told again later.</summary>
    /// <param name="notice">
    /// What happened, secrets masked. The same notice may come twice: its <see cref="DeploymentNotice.Id"/> tells.
    /// </param>
    /// <param name="cancellationToken">Set at the time limit and at Ctrl+C.</param>
    public abstract Task NotifyAsync(DeploymentNotice notice, CancellationToken cancellationToken);
}

/// <summary>What a notice is about.</summary>
public enum NoticeKind
{
    /// <summary>A release is verified in an environment that had none.</summary>
    Deployed,

    /// <summary>A release is verified in the place of another.</summary>
    Upgraded,

    /// <summary>An environment is back at a release that was verified before.</summary>
    RolledBack,

    /// <summary>Another run succeeded: a backup was restored, a secret renewed, migrations moved without a release.</summary>
    Done,

    /// <summary>A run failed; what it had changed was taken back, or it had changed nothing.</summary>
    Failed,

    /// <summary>A run stopped, and a person must look.</summary>
    NeedsAttention,

    /// <summary>Somebody tries whether notices arrive.</summary>
    Test,
}

/// <summary>How a run ended, for whoever wants to hear of it. Secrets are masked.</summary>
public sealed record DeploymentNotice
{
    /// <summary>The same whenever the same thing is told again.</summary>
    public required string Id { get; init; }

    /// <summary>What it is about.</summary>
    public required NoticeKind Kind { get; init; }

    /// <summary>When it happened (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The app's name.</summary>
    public required string App { get; init; }

    /// <summary>The environment.</summary>
    public required string Environment { get; init; }

    /// <summary>The release that the run was about.</summary>
    public required Release Release { get; init; }

    /// <summary>The release that was verified before.</summary>
    public Release? PreviousRelease { get; init; }

    /// <summary>The run's id; <see langword="null"/> in a test.</summary>
    public string? Run { get; init; }

    /// <summary>Who began it.</summary>
    public string? By { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>One line that says how it ended: what no receiver leaves out.</summary>
    public required string Outcome { get; init; }

    /// <summary>What the run said at its end.</summary>
    public IReadOnlyList<string> Messages { get; init; } = [];

    /// <summary>The last lines that the step wrote at which it failed.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];
}
