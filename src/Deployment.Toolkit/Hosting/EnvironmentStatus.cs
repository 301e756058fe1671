namespace Deployment.Toolkit;

/// <summary>Where one environment stands.</summary>
public sealed record EnvironmentStatus
{
    /// <summary>The environment.</summary>
    public required string Name { get; init; }

    /// <summary>The release that is verified there; <see langword="null"/> when none ever was.</summary>
    public Release? Release { get; init; }

    /// <summary>Since when (UTC).</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>The run that has to be resumed or aborted first.</summary>
    public DeploymentRun? OpenRun { get; init; }

    /// <summary>The last run, whatever became of it.</summary>
    public DeploymentRun? LastRun { get; init; }

    /// <summary>What it is promoted from.</summary>
    public string? PromotedFrom { get; init; }

    /// <summary>
    /// Whether nothing of its journal is in the database that keeps this host's: it never was deployed to, or its journal lies in a
    /// database that its own configuration names. Then nothing else here says anything of it.
    /// </summary>
    public bool IsElsewhere { get; init; }

    /// <summary>Whether it is protected.</summary>
    public bool IsProtected { get; init; }

    /// <summary>The releases that are on hold, with the reason.</summary>
    public IReadOnlyList<ReleaseHold> Holds { get; init; } = [];

    /// <summary>Why nothing enters the environment now, by whom and since when; <see langword="null"/> when something may.</summary>
    public string? Frozen { get; init; }

    /// <summary>The hotfixes of which what they skipped has not followed yet.</summary>
    public IReadOnlyList<HotfixDebt> Hotfixes { get; init; } = [];

    /// <summary>What was done behind the glass and nobody else has reviewed; until then nothing enters.</summary>
    public IReadOnlyList<UnreviewedGlass> Unreviewed { get; init; } = [];

    /// <summary>The sealed secrets about which something is due. An expiry shows from 14 days before.</summary>
    public IReadOnlyList<SecretDue> Secrets { get; init; } = [];

    /// <summary>
    /// How the migrations of the app's databases stand, in the order in which they are deployed, and then those of tenants; empty before
    /// the first deployment, and where the journal cannot be trusted.
    /// </summary>
    public IReadOnlyList<DatabaseStatus> Databases { get; init; } = [];

    /// <summary>Notices that receivers have not taken yet.</summary>
    public IReadOnlyList<WaitingNotices> Notices { get; init; } = [];

    /// <summary>Who holds the environment's lock now, and for which verb; <see langword="null"/> when nobody does.</summary>
    public string? LockedBy { get; init; }

    /// <summary>Why the journal cannot be trusted; <see langword="null"/> when it can. Then nothing else is known.</summary>
    public DeploymentMessage? Fault { get; init; }
}

/// <summary>A release that may not be deployed or promoted until somebody releases the hold.</summary>
public sealed record ReleaseHold
{
    /// <summary>The release.</summary>
    public required Release Release { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Since when (UTC).</summary>
    public required DateTimeOffset Since { get; init; }
}

/// <summary>A hotfix of which what it skipped has not followed yet.</summary>
public sealed record HotfixDebt
{
    /// <summary>The release.</summary>
    public required Release Release { get; init; }

    /// <summary>The run that brought it.</summary>
    public required string Run { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Who brought it.</summary>
    public required string By { get; init; }

    /// <summary>Who approved it.</summary>
    public required IReadOnlyList<string> ApprovedBy { get; init; }

    /// <summary>The gates that were skipped.</summary>
    public required IReadOnlyList<string> Bypassed { get; init; }

    /// <summary>What has to follow.</summary>
    public required string MustFollow { get; init; }

    /// <summary>Until when (UTC).</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Whether that time is over; then no further hotfix enters.</summary>
    public required bool IsOverdue { get; init; }
}

/// <summary>What somebody did behind the glass.</summary>
public sealed record UnreviewedGlass
{
    /// <summary>The run.</summary>
    public required string Run { get; init; }

    /// <summary>The release that it brought.</summary>
    public required Release Release { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Who broke it.</summary>
    public required string By { get; init; }

    /// <summary>When (UTC).</summary>
    public required DateTimeOffset At { get; init; }
}
