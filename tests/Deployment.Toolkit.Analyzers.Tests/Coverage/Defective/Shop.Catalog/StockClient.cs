using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Shop.Catalog;

public sealed class StockClient(HttpClient http, ILogger<StockClient> logger)
{
    private const string ApiKey = {|DTK3002:"9f8e7d6c5b4a39281706"|};

    public static HttpClientHandler Handler() => new()
    {
        {|DTK4006:ServerCertificateCustomValidationCallback = (_, _, _, _) => true|},
    };

    public Task<string> CountAsync(string sku, CancellationToken cancellationToken)
    {
        http.DefaultRequestHeaders.Add("X-Api-Key", ApiKey);
        return http.GetStringAsync(new Uri("https://stock.example.com/" + sku), cancellationToken);
    }

    public void SignIn(string user, string password)
    {
        logger.LogInformation("{User} signs in with {Password}", user, {|DTK3004:password|});
        if (password.Length < 8)
        {
            throw new ArgumentException($"'{{|DTK3004:password|}}' is too short for {user}.", nameof(password));
        }
    }
}

public sealed class StockCheck(HttpClient http) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken {|DTK6002:cancellationToken|} = default)
    {
        using var answer = await http.GetAsync(new Uri("https://stock.example.com/health"));
        return answer.IsSuccessStatusCode ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
    }
}
