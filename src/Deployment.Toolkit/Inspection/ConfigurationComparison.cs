namespace Deployment.Toolkit;

/// <summary>Two states of a configuration beside each other.</summary>
/// <param name="From">The first, for people: <c>release 1.0.0 in Production</c>.</param>
/// <param name="To">The second.</param>
/// <param name="Changes">The keys that differ, in their order; empty when none does.</param>
public sealed record ConfigurationComparison(string From, string To, IReadOnlyList<ConfigurationChange> Changes);
