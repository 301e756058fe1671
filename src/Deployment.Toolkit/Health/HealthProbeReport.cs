using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit;

/// <summary>What the health checks of one probe say.</summary>
public sealed record HealthProbeReport
{
    /// <summary>The probe.</summary>
    public required HealthProbe Probe { get; init; }

    /// <summary>Whether the answer to the platform is yes.</summary>
    public required bool Passes { get; init; }

    /// <summary>All in all; unhealthy when the probe doesn't pass.</summary>
    public required HealthStatus Status { get; init; }

    /// <summary>What decided it beside the checks; <see langword="null"/> when nothing did.</summary>
    public string? Reason { get; init; }

    /// <summary>Its checks, in the order of their registration.</summary>
    public required IReadOnlyList<CheckedHealth> Checks { get; init; }

    /// <summary>How long asking took.</summary>
    public required TimeSpan TotalDuration { get; init; }

    /// <summary>How many checks are healthy.</summary>
    public int HealthyCount => Checks.Count(static check => check.Status == HealthStatus.Healthy);

    /// <summary>How many of a hundred checks are healthy; 100 where there are none.</summary>
    public double HealthyPercentage => Checks.Count == 0 ? 100 : 100d * HealthyCount / Checks.Count;

    /// <summary>How long a check took on average.</summary>
    public TimeSpan AverageDuration =>
        Checks.Count == 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)Checks.Average(static check => check.Duration.Ticks));

    /// <summary>How long the slowest took.</summary>
    public TimeSpan LongestDuration => Checks.Count == 0 ? TimeSpan.Zero : Checks.Max(static check => check.Duration);
}
