using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Unsafe;

public sealed class ProviderCheck(HttpClient http) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var answer = http.GetAsync(new Uri("https://provider.example.com/"), cancellationToken).Result;
        return Task.FromResult(answer.IsSuccessStatusCode ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
    }
}
