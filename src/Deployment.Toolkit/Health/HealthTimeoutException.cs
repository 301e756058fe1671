using System.Globalization;

namespace Deployment.Toolkit;

/// <summary>The app did not become healthy in time.</summary>
public sealed class HealthTimeoutException : TimeoutException
{
    internal HealthTimeoutException(TimeSpan timeout, HealthProbeReport report)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Probe {report.Probe.ToString().ToLowerInvariant()} did not pass within {timeout.TotalSeconds:0.###} s: {string.Join(", ", report.Checks.Where(static check => check.Status != Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy).Select(static check => $"'{check.Name}' is {check.Status.ToString().ToLowerInvariant()}"))}."
            )
        ) => Report = report;

    /// <summary>The last report.</summary>
    public HealthProbeReport Report { get; }
}
