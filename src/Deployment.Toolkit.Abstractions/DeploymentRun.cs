namespace Deployment.Toolkit;

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>It has not ended: it is running now, or its process died or was cancelled.</summary>
    Unfinished,

    /// <summary>Every required step is done.</summary>
    Succeeded,

    /// <summary>Something had been changed and was taken back.</summary>
    RolledBack,

    /// <summary>It failed and nothing had been changed.</summary>
    Failed,

    /// <summary>It stopped and a person must look; it can be resumed or aborted.</summary>
    NeedsAttention,
}

/// <summary>Where a step of a run stands.</summary>
public enum StepState
{
    /// <summary>Not begun.</summary>
    Pending,

    /// <summary>Begun, and no result is recorded: it is running now, or its process died in the middle.</summary>
    InDoubt,

    /// <summary>Done.</summary>
    Done,

    /// <summary>Failed; the run goes back.</summary>
    Failed,

    /// <summary>Failed, but the step is optional and the run went on.</summary>
    Tolerated,

    /// <summary>Being taken back, and no result of that is recorded.</summary>
    RevertInDoubt,

    /// <summary>Taken back, or found not to have done anything (<see cref="RunStep.HadNoEffect"/>).</summary>
    Reverted,

    /// <summary>Taking it back failed.</summary>
    RevertFailed,

    /// <summary>It has no way back: the run went back past it, and what it did is still there.</summary>
    Kept,
}

/// <summary>One execution of a plan, reconstructed from the journal alone.</summary>
public sealed record DeploymentRun
{
    /// <summary>The id, for example <c>20261121-034351-7f3a</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What it does.</summary>
    public required RunKind Kind { get; init; }

    /// <summary>The environment.</summary>
    public required string Environment { get; init; }

    /// <summary>The release that it brings, or brings back.</summary>
    public required Release Release { get; init; }

    /// <summary>The release that was verified when it began.</summary>
    public Release? PreviousRelease { get; init; }

    /// <summary>Where it stands.</summary>
    public required RunState State { get; init; }

    /// <summary>Whether a living process is working on it now; an unfinished run of which that is not so was interrupted.</summary>
    public bool IsUnderWay { get; init; }

    /// <summary>Whether it is, or ended, on its way back.</summary>
    public bool IsGoingBack { get; init; }

    /// <summary>
    /// Who began it: the operating system's user and the host, and beside them what sudo, the build server and whoever began it said, each
    /// as what it is.
    /// </summary>
    public required string StartedBy { get; init; }

    /// <summary>
    /// Who whoever began it claimed to be (<c>--as</c>), which nothing proves; <see langword="null"/> when they claimed nothing.
    /// </summary>
    public string? ClaimedOperator { get; init; }

    /// <summary>When its plan was frozen (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When its last record was written (UTC).</summary>
    public required DateTimeOffset LastRecordAt { get; init; }

    /// <summary>The frozen plan's hash.</summary>
    public required string PlanHash { get; init; }

    /// <summary>The frozen plan; <see langword="null"/> in a run that was not read from a journal.</summary>
    public DeploymentPlan? Plan { get; init; }

    /// <summary>Who took it up again after it had stopped or was interrupted, oldest first.</summary>
    public IReadOnlyList<RunResumption> Resumptions { get; init; } = [];

    /// <summary>The steps, in the plan's order.</summary>
    public IReadOnlyList<RunStep> Steps { get; init; } = [];

    /// <summary>What there was to say when it ended or stopped.</summary>
    public IReadOnlyList<DeploymentMessage> Messages { get; init; } = [];
}

/// <summary>A run that had stopped was taken up again.</summary>
public sealed record RunResumption
{
    /// <summary>By which verb, for example <c>resume</c> or <c>abort</c>.</summary>
    public required string Verb { get; init; }

    /// <summary>By whom: all names, each as what it is, as in <see cref="DeploymentRun.StartedBy"/>.</summary>
    public required string By { get; init; }

    /// <summary>When (UTC).</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>One step of a run.</summary>
public sealed record RunStep
{
    /// <summary>The step's name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required StepState State { get; init; }

    /// <summary>How often it was begun, forwards and backwards together.</summary>
    public required int Attempts { get; init; }

    /// <summary>How long all attempts took together, in seconds, as far as results were recorded.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>Whether it was found not to have done anything, so that there was nothing to take back.</summary>
    public bool HadNoEffect { get; init; }

    /// <summary>What it would do, or did.</summary>
    public string Effect { get; init; } = "";

    /// <summary>Why it failed last; <see langword="null"/> when it did not, or where <see cref="WayBackError"/> says the same.</summary>
    public string? Error { get; init; }

    /// <summary>Why its way back failed last; <see langword="null"/> when it did not, or was gone since.</summary>
    public string? WayBackError { get; init; }

    /// <summary>The last lines that it wrote, bounded and with secrets redacted.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];

    /// <summary>
    /// Of the step that migrates databases of tenants, what became of each to which something was done, or was to be.
    /// </summary>
    public IReadOnlyList<TenantResult> Tenants { get; init; } = [];
}
