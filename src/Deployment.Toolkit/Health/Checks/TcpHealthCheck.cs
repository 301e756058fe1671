using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>Whether somebody listens.</summary>
internal sealed class TcpHealthCheck(string host, int port) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy($"{host}:{port} listens");
        }
        catch (SocketException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"{host}:{port}: {e.Message}");
        }
    }
}
