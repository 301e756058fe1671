using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>Counts what waits.</summary>
internal sealed class QueueHealthCheck(Func<CancellationToken, ValueTask<long>> depth, long degradedAbove, long unhealthyAbove)
    : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var waiting = await depth(cancellationToken).ConfigureAwait(false);
        return waiting > unhealthyAbove ? new HealthCheckResult(context.Registration.FailureStatus, Text(waiting, unhealthyAbove))
            : waiting > degradedAbove ? HealthCheckResult.Degraded(Text(waiting, degradedAbove))
            : HealthCheckResult.Healthy(string.Create(CultureInfo.InvariantCulture, $"{waiting:N0} waiting"));
    }

    private static string Text(long waiting, long limit) =>
        string.Create(CultureInfo.InvariantCulture, $"{waiting:N0} waiting, more than {limit:N0}");
}
