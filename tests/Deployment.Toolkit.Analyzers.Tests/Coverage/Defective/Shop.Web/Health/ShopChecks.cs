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
        .{|DTK6001:AddUrlGroup|}(new Uri("https://pay.example.com/health"), "payment")
        .AddCheck<SlowCheck>("slow", timeout: TimeSpan.FromSeconds(2));
}

public sealed class SlowCheck(HttpClient http) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        Thread.{|DTK6002:Sleep|}(100);
        var answer = http.GetAsync(new Uri("https://pay.example.com"), cancellationToken).{|DTK6002:Result|};
        return Task.FromResult(answer.IsSuccessStatusCode ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
    }
}
