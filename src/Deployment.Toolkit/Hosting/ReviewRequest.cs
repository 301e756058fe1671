namespace Deployment.Toolkit;

/// <summary>What <see cref="DeploymentPromotion.ReviewAsync"/> reviews.</summary>
public sealed record ReviewRequest : DeploymentRequest
{
    /// <summary>The run for which the glass was broken.</summary>
    public required string Run { get; init; }

    /// <summary>What was found; kept in the journal.</summary>
    public required string Reason { get; init; }
}
