using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit;

/// <summary>What the health checks that a deployment waits for say.</summary>
public sealed record HealthGateReport
{
    /// <summary>The report of .NET's own kind.</summary>
    public required HealthReport Report { get; init; }

    /// <summary>Whether a deployment would pass with it.</summary>
    public required bool Passes { get; init; }
}
