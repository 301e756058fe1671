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
}
