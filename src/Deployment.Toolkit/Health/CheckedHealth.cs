using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit;

/// <summary>What is known of one health check.</summary>
public sealed record CheckedHealth
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its status with what came before weighed in: one failure of a check that was well is degraded.</summary>
    public required HealthStatus Status { get; init; }

    /// <summary>Its last answer as it was; <see langword="null"/> before the first.</summary>
    public HealthStatus? LastStatus { get; init; }

    /// <summary>Where it stands.</summary>
    public required HealthCheckState State { get; init; }

    /// <summary>Since when it stands there.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>What its answer decides.</summary>
    public required HealthCheckRole Role { get; init; }

    /// <summary>What the last answer says of itself. Words of a driver may repeat a secret.</summary>
    public string? Description { get; init; }

    /// <summary>How long the last answer took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether its answers keep changing between good and bad.</summary>
    public bool IsFlapping { get; init; }

    /// <summary>
    /// The failing checks that it fails for, by <see cref="HealthCheckPolicy.DependsOn"/>; empty while it is well or fails by itself.
    /// </summary>
    public IReadOnlyList<string> RootCauses { get; init; } = [];

    /// <summary>Its last answers, at most 100, oldest first.</summary>
    public IReadOnlyList<HealthObservation> History { get; init; } = [];
}
