using System.Net.Sockets;
using Deployment.Toolkit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ContentApi.Tests;

/// <summary>What the sample's health checks let pass.</summary>
public sealed class QualityGateTests : IDisposable
{
    private readonly ContentFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0.69", HealthStatus.Degraded, false)]
    [InlineData("0.70", HealthStatus.Healthy, true)]
    [InlineData("0.71", HealthStatus.Healthy, true)]
    public async Task Content_below_the_threshold_is_doubtful_and_at_it_is_not(string quality, HealthStatus status, bool passes)
    {
        await using (var good = new ContentApiHost(_folder)) await good.DeployAsync("1.0.0");
        await using var host = new ContentApiHost(_folder, ("Content:Provider:Quality", quality));

        var health = await host.Services.GetRequiredService<Deployer>().CheckHealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal((status, passes), (health.Report.Entries["content generation"].Status, health.Passes));
    }

    [Fact]
    public async Task An_endpoint_where_somebody_listens_passes_and_one_where_nobody_does_fails()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = ("Content:Provider:Endpoint", $"http://{listener.LocalEndpoint}/");
        await using var host = new ContentApiHost(_folder, endpoint);

        var alive = await StatusAsync(host);
        listener.Stop();
        var dead = await StatusAsync(host);

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy), (alive, dead));
    }

    private static async Task<HealthStatus> StatusAsync(ContentApiHost host)
    {
        var health = await host.Services.GetRequiredService<Deployer>().CheckHealthAsync(TestContext.Current.CancellationToken);
        return health.Report.Entries["provider endpoint"].Status;
    }
}
