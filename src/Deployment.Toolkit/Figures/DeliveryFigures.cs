namespace Deployment.Toolkit;

/// <summary>By what a lead time was measured.</summary>
public enum LeadTimeBasis
{
    /// <summary>By nothing: no commit that was deployed could be found with its date.</summary>
    None,

    /// <summary>By the date of every commit between each release and the one before it.</summary>
    EveryCommit,

    /// <summary>
    /// For some releases, or all, by the date of the release's own commit alone: what lies between it and the one before is not known here.
    /// </summary>
    ReleaseCommit,
}

/// <summary>
/// How an environment is deployed to, from its journal. A deployment is a run of <c>deploy up</c> that put its release live, also one that
/// was taken back later; one that failed before that reached nobody and is none. Shares are percentages, and <see langword="null"/> where
/// there is nothing to have a share of.
/// </summary>
public sealed record DeliveryFigures
{
    /// <summary>The environment.</summary>
    public required string Environment { get; init; }

    /// <summary>From when on (UTC): the window's begin, or the journal's where that is younger.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Until when (UTC).</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Runs of <c>deploy up</c> that ended.</summary>
    public int Attempts { get; init; }

    /// <summary>How many of them ended with a verified release.</summary>
    public double? SuccessPercent { get; init; }

    /// <summary>The median of how long they took.</summary>
    public TimeSpan? MedianDuration { get; init; }

    /// <summary>Deployments.</summary>
    public int Deployments { get; init; }

    /// <summary>
    /// Deployments in seven days; <see langword="null"/> where less than that was measured, of which a rate would be a guess.
    /// </summary>
    public double? DeploymentsPerWeek { get; init; }

    /// <summary>The median of the time from a commit to when it was live.</summary>
    public TimeSpan? LeadTime { get; init; }

    /// <summary>By what the lead time was measured.</summary>
    public LeadTimeBasis LeadTimeBasis { get; init; }

    /// <summary>How many commits it is the median of.</summary>
    public int LeadTimeCommits { get; init; }

    /// <summary>
    /// Deployments that went back by themselves, or that within seven days were rolled back, put on hold, or named by the reason of a
    /// hotfix.
    /// </summary>
    public int FailedChanges { get; init; }

    /// <summary>Failed changes of all deployments.</summary>
    public double? ChangeFailurePercent { get; init; }

    /// <summary>
    /// The median of the time from when a failed change was live to the next verified release that is none.
    /// </summary>
    public TimeSpan? Recovery { get; init; }

    /// <summary>The time within which nine of ten failed changes were recovered from.</summary>
    public TimeSpan? RecoveryOfNineInTen { get; init; }

    /// <summary>The median of the part of it that began with the rollback, hold or hotfix, or with the run's turn.</summary>
    public TimeSpan? RecoveryAfterDetection { get; init; }

    /// <summary>Failed changes with no verified release after them yet.</summary>
    public int NotRecovered { get; init; }

    /// <summary>Runs that nobody had planned: rollbacks, hotfixes, and deployments of a commit that had been deployed already.</summary>
    public int Unplanned { get; init; }

    /// <summary>Unplanned runs of all deployments and rollbacks.</summary>
    public double? ReworkPercent { get; init; }

    /// <summary>Rollbacks that ended.</summary>
    public int Rollbacks { get; init; }

    /// <summary>How many of them succeeded.</summary>
    public double? RollbackSuccessPercent { get; init; }

    /// <summary>The median of how long these took, from the decision to the old release being verified.</summary>
    public TimeSpan? RollbackDuration { get; init; }
}
