using Deployment.Toolkit.Health;
using Deployment.Toolkit.Secrets.Masking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Hosting;

/// <summary>The services of health: the last registered of .NET's own kind is the one that all of a host asks.</summary>
internal static class HealthServices
{
    // What a publisher waits for comes before .NET gives up on it.
    private const double PartOfPublishersTimeout = 0.8;

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(24);

    internal static void Add(IServiceCollection services)
    {
        services.AddSingleton<IOptionsFactory<HealthCheckPolicy>, HealthCheckPolicyFactory>();
        services.AddSingleton(static services => new HealthRunner(
            services.GetRequiredService<IOptions<HealthCheckServiceOptions>>(),
            new CheckSurroundings(
                services.GetRequiredService<IServiceScopeFactory>(),
                services.GetRequiredService<IOptionsMonitor<HealthCheckPolicy>>().Get,
                services.GetRequiredService<TimeProvider>(),
                MaskingLogger.Of<Deployer>(services),
                services.GetRequiredService<SecretRedactor>().Redact
            ),
                // Asked for, one could ask for the checks in turn.
                services.GetService<IServiceProviderIsService>()?.IsService(typeof(IHealthCheckPublisher)) == false
                    ? null
                : services.GetRequiredService<IOptions<HealthCheckPublisherOptions>>().Value.Timeout is var timeout
                && timeout > TimeSpan.Zero
                && timeout < HealthCheckPolicy.Longest
                    ? timeout * PartOfPublishersTimeout
                : Within
        ));
        services.AddSingleton<HealthCheckService>(static services => services.GetRequiredService<HealthRunner>());
        services.AddSingleton(static services => new DeploymentHealth(services.GetRequiredService<HealthRunner>()));
        services.AddSingleton(static services => new HealthGate(
            services.GetRequiredService<HealthRunner>(),
            services.GetRequiredService<IOptions<HealthGateOptions>>().Value
        ));
    }
}
