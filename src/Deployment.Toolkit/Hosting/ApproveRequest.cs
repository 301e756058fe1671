namespace Deployment.Toolkit;

/// <summary>What <see cref="DeploymentPromotion.ApproveAsync"/> approves.</summary>
public sealed record ApproveRequest : DeploymentRequest
{
    /// <summary>The release, as <c>version</c> or <c>version+commit</c>. Default: the entry assembly's informational version.</summary>
    public string? Release { get; init; }

    /// <summary>
    /// The first characters, 12 at least, of the hash of what was looked at, as the gate <c>approvals</c> shows it; when something has
    /// changed
    /// since, nothing is approved. Default <see langword="null"/>: whatever would be done now.
    /// </summary>
    public string? Plan { get; init; }

    /// <summary>
    /// Whether it is approved to enter as a hotfix, past gates that don't pass; that doesn't count otherwise, nor the other way round.
    /// Default
    /// <see langword="false"/>.
    /// </summary>
    public bool IsHotfix { get; init; }

    /// <summary>What there is to say, up to 500 characters; kept in the journal. Default <see langword="null"/>.</summary>
    public string? Note { get; init; }
}

/// <summary>What <see cref="DeploymentPromotion.RejectAsync"/> rejects.</summary>
public sealed record RejectRequest : DeploymentRequest
{
    /// <summary>
    /// The release, as <c>version+commit</c>, or <c>version</c> for every build of it. Default: the entry assembly's informational version.
    /// </summary>
    public string? Release { get; init; }

    /// <summary>Why; kept in the journal and shown to whoever promotes it.</summary>
    public required string Reason { get; init; }
}
