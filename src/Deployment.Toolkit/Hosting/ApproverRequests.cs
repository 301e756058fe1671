namespace Deployment.Toolkit;

/// <summary>Whom <see cref="DeploymentPromotion.AddApproverAsync"/> adds.</summary>
public sealed record AddApproverRequest : DeploymentRequest
{
    /// <summary>What they are called: where approvals are not signed, the name of their account.</summary>
    public required string Name { get; init; }

    /// <summary>What they approve as. Default: nothing, which counts where an environment asks for no role.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>What else accounts and commits call them. Default: nothing.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>What <c>deploy secrets key</c> shows them (<c>p256:…</c>), by which their signatures are known. Default
    /// <see langword="null"/>.</summary>
    public string? PublicKey { get; init; }
}

/// <summary>Whom <see cref="DeploymentPromotion.RemoveApproverAsync"/> removes.</summary>
public sealed record RemoveApproverRequest : DeploymentRequest
{
    /// <summary>What they are called in the list.</summary>
    public required string Name { get; init; }

    /// <summary>Why; kept in the journal.</summary>
    public required string Reason { get; init; }
}

/// <summary>Somebody in an environment's list of approvers.</summary>
public sealed record ApproverInfo
{
    /// <summary>What they are called.</summary>
    public required string Name { get; init; }

    /// <summary>What they approve as.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>What else they are called.</summary>
    public required IReadOnlyList<string> OtherNames { get; init; }

    /// <summary>The point by which their signatures are known, in Base64; <see langword="null"/> when they have none.</summary>
    public string? SigningKey { get; init; }

    /// <summary>Who added them.</summary>
    public required string AddedBy { get; init; }

    /// <summary>Since when (UTC).</summary>
    public required DateTimeOffset Since { get; init; }
}
