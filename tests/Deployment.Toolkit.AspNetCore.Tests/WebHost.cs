using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.AspNetCore.Tests;

/// <summary>An app that listens on a port of its own.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private WebHost(WebApplication app) => (App, Client) = (app, new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(20) });

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    internal WebApplication App { get; }

    internal HttpClient Client { get; }

    internal static async Task<WebHost> StartAsync(
        Action<IHealthChecksBuilder> register,
        Action<HealthEndpointOptions>? configure = null,
        Action<DeploymentBuilder>? deployment = null,
        string environment = "Development",
        IReadOnlyDictionary<string, string?>? settings = null,
        string? root = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment, ContentRootPath = root });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        register(builder.Services.AddHealthChecks());
        var deployed = builder.AddDeployment();
        deployment?.Invoke(deployed);
        var app = builder.Build();
        app.MapDeploymentHealth(configure: configure);
        app.MapHealthChecks("/healthz");
        await app.StartAsync(Token);
        return new WebHost(app);
    }

    internal async Task<int> StatusAsync(string path)
    {
        using var answer = await Client.GetAsync(path, Token);
        return (int)answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
    }
}
