using System;
using System.Net.Http;
using System.Net.Security;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Shop.Catalog;

public sealed class StockClient(HttpClient http, string apiKey, ILogger<StockClient> logger)
{
    public static HttpClientHandler Handler() => new()
    {
        ServerCertificateCustomValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None,
    };

    public Task<string> CountAsync(string sku, CancellationToken cancellationToken)
    {
        http.DefaultRequestHeaders.Add("X-Api-Key", apiKey);
        return http.GetStringAsync(new Uri("https://stock.example.com/" + sku), cancellationToken);
    }

    public void SignIn(string user, string password)
    {
        logger.LogInformation("{User} signs in", user);
        if (password.Length < 8)
        {
            throw new ArgumentException($"The password of {user} is too short.", nameof(password));
        }
    }
}

public sealed class StockCheck(HttpClient http) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var answer = await http.GetAsync(new Uri("https://stock.example.com/health"), cancellationToken);
        return answer.IsSuccessStatusCode ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
    }
}
