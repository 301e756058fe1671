using Deployment.Toolkit.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit;

/// <summary>Watches whether a host still runs with what was verified.</summary>
public static class DriftDeploymentExtensions
{
    /// <summary>
    /// Adds the health check <c>configuration-drift</c>: degraded while the host's configuration is another than the one that its release
    /// was verified with. While a deployment is under way it is healthy.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddConfigurationDriftCheck(this DeploymentBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.Declarations.Add("drift check", "The drift check", nameof(AddConfigurationDriftCheck)))
            return builder;

        builder.Host.Services.AddSingleton<ConfigurationDriftCheck>();
        builder.Host.Services.Configure<HealthCheckPolicy>(
            ConfigurationDriftCheck.Name,
            static policy => policy.Role = HealthCheckRole.Advisory
        );
        builder
            .Host.Services.AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    ConfigurationDriftCheck.Name,
                    static services => services.GetRequiredService<ConfigurationDriftCheck>(),
                    HealthStatus.Degraded,
                    ["configuration"],
                    TimeSpan.FromSeconds(5)
                )
            );
        return builder;
    }
}
