using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit;

/// <summary>One answer of a health check.</summary>
public sealed record HealthObservation
{
    /// <summary>When it came.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The answer.</summary>
    public required HealthStatus Status { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
