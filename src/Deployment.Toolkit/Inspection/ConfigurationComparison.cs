namespace Deployment.Toolkit;

/// <summary>Two states of a configuration beside each other.</summary>
public sealed record ConfigurationComparison
{
    /// <summary>The first, for people: <c>release 1.0.0 in Production</c>.</summary>
    public required string From { get; init; }

    /// <summary>The second.</summary>
    public required string To { get; init; }

    /// <summary>The keys that differ, in their order; empty when none does.</summary>
    public required IReadOnlyList<ConfigurationChange> Changes { get; init; }
}
