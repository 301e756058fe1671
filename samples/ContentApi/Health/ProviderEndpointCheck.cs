using System.Net.Sockets;
using ContentApi.Content;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace ContentApi.Health;

/// <summary>When an endpoint is configured, somebody must listen there.</summary>
internal sealed class ProviderEndpointCheck(IOptionsMonitor<ContentOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (options.CurrentValue.Provider.Endpoint is not { } endpoint)
            return HealthCheckResult.Healthy("the built-in provider needs none");

        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken);
            return HealthCheckResult.Healthy($"{endpoint.Host}:{endpoint.Port} answers");
        }
        catch (SocketException e)
        {
            return HealthCheckResult.Unhealthy($"{endpoint.Host}:{endpoint.Port} does not answer: {e.Message}");
        }
    }
}
