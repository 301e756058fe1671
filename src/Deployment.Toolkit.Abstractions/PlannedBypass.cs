namespace Deployment.Toolkit;

/// <summary>What a release skips on its way into an environment, on whose word, and what has to follow.</summary>
public sealed record PlannedBypass
{
    /// <summary>Whether it is a hotfix: it skips what the environment's policy lets a hotfix skip.</summary>
    public bool IsHotfix { get; init; }

    /// <summary>Whether the glass was broken: approvals were skipped with the environment's glass key.</summary>
    public bool IsBreakGlass { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Who approved it; empty where the glass was broken.</summary>
    public IReadOnlyList<string> ApprovedBy { get; init; } = [];

    /// <summary>The gates that did not pass and were skipped.</summary>
    public IReadOnlyList<string> Bypassed { get; init; } = [];

    /// <summary>What has to follow.</summary>
    public required string MustFollow { get; init; }

    /// <summary>Until when that has to (UTC); <see langword="null"/> for before the next promotion.</summary>
    public DateTimeOffset? Until { get; init; }
}
