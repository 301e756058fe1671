using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>How much of what the process may have, by its container or its machine, it has.</summary>
internal sealed class MemoryHealthCheck(double most, Func<(long Used, long Limit)> measure) : IHealthCheck
{
    private const double Mebibyte = 1024 * 1024;

    internal static (long Used, long Limit) Measure() => (Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (used, limit) = measure();
        if (limit <= 0)
            return Task.FromResult(HealthCheckResult.Healthy("the limit is not known yet"));

        var text = string.Create(CultureInfo.InvariantCulture, $"{used / Mebibyte:N0} of {limit / Mebibyte:N0} MiB used");
        return Task.FromResult(
            used <= limit * most
                ? HealthCheckResult.Healthy(text)
                : new HealthCheckResult(
                    context.Registration.FailureStatus,
                    string.Create(CultureInfo.InvariantCulture, $"{text}, more than {most:P0}")
                )
        );
    }
}
