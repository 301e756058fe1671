using Deployment.Toolkit.Health.Checks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit;

/// <summary>Lets an app do something before it gets requests.</summary>
public static class WarmUpHealthCheckExtensions
{
    /// <summary>
    /// Does something once before the app is ready: fills a cache, opens connections. It is begun when health is asked for the first time,
    /// and goes on whoever stops waiting; where it failed, who asks next begins it again. It carries the tag <c>startup</c>, so that the
    /// probes startup and ready don't pass before.
    /// </summary>
    /// <param name="builder">What <c>AddHealthChecks()</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="warmUp">What is done, with services of a scope of its own. The token ends when the host begins to stop.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IHealthChecksBuilder AddWarmUpCheck(
        this IHealthChecksBuilder builder,
        string name,
        Func<IServiceProvider, CancellationToken, Task> warmUp
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(warmUp);
        builder.Services.AddKeyedSingleton(name, (services, _) => new WarmUpCheck(warmUp, services));
        return builder.Add(
            new HealthCheckRegistration(
                name,
                services => services.GetRequiredKeyedService<WarmUpCheck>(name),
                failureStatus: null,
                [DeploymentHealth.Startup]
            )
        );
    }
}
