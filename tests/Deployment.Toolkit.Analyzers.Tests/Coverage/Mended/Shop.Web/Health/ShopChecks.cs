using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Shop.Web.Health;

public static class ShopChecks
{
    /// <summary>An extension of the app's own.</summary>
    public static IHealthChecksBuilder AddShopChecks(this IHealthChecksBuilder checks) => checks
        .AddUrlGroup(new Uri("https://pay.example.com/health"), "payment", timeout: TimeSpan.FromSeconds(3))
        .AddCheck<SlowCheck>("slow", timeout: TimeSpan.FromSeconds(2));
}

public sealed class SlowCheck(HttpClient http) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await Task.Delay(100, cancellationToken);
        using var answer = await http.GetAsync(new Uri("https://pay.example.com"), cancellationToken);
        return answer.IsSuccessStatusCode ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
    }
}
