namespace Deployment.Toolkit;

/// <summary>What <see cref="Deployer.PromoteAsync"/> promotes.</summary>
public sealed record PromoteRequest : PlannableRequest
{
    /// <summary>
    /// The environment that the release comes from. Default: the one that the host's environment is promoted from, which is the only one
    /// that
    /// it may be; naming it makes sure of that.
    /// </summary>
    public string? From { get; init; }

    /// <summary>Where the release enters. Default: the host's environment, which is the only one that it may be.</summary>
    public string? To { get; init; }

    /// <summary>
    /// The release that this binary is, as <c>version</c> or <c>version+commit</c>. Default: the entry assembly's informational version.
    /// It has
    /// to be the one that is verified in <see cref="From"/> now.
    /// </summary>
    public string? Release { get; init; }

    /// <summary>
    /// For how long to wait until all gates pass: for approvals, an open window, time to soak. Default <see langword="null"/>: not at all.
    /// </summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>
    /// Whether it is a hotfix: it skips what the environment's policy (<c>AllowHotfix</c>) lets one skip, and that has to follow. Default
    /// <see langword="false"/>.
    /// </summary>
    public bool IsHotfix { get; init; }

    /// <summary>Who approved the hotfix with <c>deploy approve --hotfix</c>. Default: nobody.</summary>
    public IReadOnlyList<string> ApprovedBy { get; init; } = [];

    /// <summary>
    /// Whether approvals are skipped with the environment's glass key. Nothing enters after it until somebody else has reviewed it. Default
    /// <see langword="false"/>.
    /// </summary>
    public bool IsBreakGlass { get; init; }

    /// <summary>Why something is skipped; needed for either. Default <see langword="null"/>.</summary>
    public string? Reason { get; init; }
}
