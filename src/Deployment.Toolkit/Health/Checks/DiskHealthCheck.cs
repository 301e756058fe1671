using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>Whether the disk under a folder has room.</summary>
internal sealed class DiskHealthCheck(string path, long leastFreeBytes) : IHealthCheck
{
    private const double Mebibyte = 1024 * 1024;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var free = new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace;
        var text = string.Create(CultureInfo.InvariantCulture, $"{free / Mebibyte:N0} MiB free under {path}");
        return Task.FromResult(
            free >= leastFreeBytes
                ? HealthCheckResult.Healthy(text)
                : new HealthCheckResult(
                    context.Registration.FailureStatus,
                    string.Create(CultureInfo.InvariantCulture, $"{text}, less than {leastFreeBytes / Mebibyte:N0} MiB")
                )
        );
    }
}
