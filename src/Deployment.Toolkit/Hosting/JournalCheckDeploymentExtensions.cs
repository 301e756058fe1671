using Deployment.Toolkit.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit;

/// <summary>Watches the journal.</summary>
public static class JournalCheckDeploymentExtensions
{
    /// <summary>
    /// Adds the health check <c>journal</c>: unhealthy while what <c>deploy verify-journal</c> checks doesn't hold. It reads the whole
    /// journal, so its answer is kept for five minutes, which its <see cref="HealthCheckPolicy.MaximumAge"/> sets. It is advisory: an app
    /// whose history was tampered with serves its users all the same.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddJournalCheck(this DeploymentBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.Declarations.Add("journal check", "The journal check", nameof(AddJournalCheck)))
            return builder;

        builder.Host.Services.Configure<HealthCheckPolicy>(
            JournalHealthCheck.Name,
            static policy =>
            {
                policy.Role = HealthCheckRole.Advisory;
                policy.MaximumAge = TimeSpan.FromMinutes(5);
                // Tampering is no chance hit.
                policy.FailuresToGoDown = 1;
                policy.SuccessesToGoUp = 1;
            }
        );
        builder
            .Host.Services.AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    JournalHealthCheck.Name,
                    static services => new JournalHealthCheck(
                        services.GetRequiredService<DeploymentHistory>(),
                        services.GetRequiredService<IHostEnvironment>()
                    ),
                    HealthStatus.Unhealthy,
                    ["journal"],
                    TimeSpan.FromSeconds(30)
                )
            );
        return builder;
    }
}
