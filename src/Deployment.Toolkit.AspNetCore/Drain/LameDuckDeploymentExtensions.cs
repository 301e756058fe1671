using System.Globalization;
using Deployment.Toolkit.AspNetCore.Drain;
using Deployment.Toolkit.Composition;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit;

/// <summary>Lets an app stop without losing a request.</summary>
public static class LameDuckDeploymentExtensions
{
    /// <summary>
    /// From the signal to stop on the app is not ready; for <see cref="LameDuckOptions.AcceptFor"/> it serves as before, for
    /// <see cref="LameDuckOptions.CloseFor"/> every response also tells its client to open another connection; then the port is closed and
    /// requests may end. A delay alone loses as many requests as none: clients that keep their connection send the next one while it is
    /// being closed. <c>HostOptions.ShutdownTimeout</c> becomes at least the sum of these.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Says how long each part takes; <see langword="null"/> for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddLameDuck(this DeploymentBuilder builder, Action<LameDuckOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Host.Services;
        if (configure is not null)
            services.Configure(configure);
        if (services.Any(static service => service.ServiceType == typeof(LameDuck)))
            return builder;

        services.AddSingleton<LameDuck>();
        services.AddHostedService(static provider => provider.GetRequiredService<LameDuck>());
        services.AddSingleton<IStartupFilter, LameDuckStartupFilter>();
        services
            .AddOptions<HostOptions>()
            .PostConfigure<LameDuck>(
                static (host, duck) => host.ShutdownTimeout = duck.Longest > host.ShutdownTimeout ? duck.Longest : host.ShutdownTimeout
            );
        services.TryAddSingleton(static provider => new StopBudget(
            provider.GetRequiredService<LameDuck>().Longest,
            provider.GetRequiredService<LameDuck>().Options.PlatformGives ?? OfRailway(provider.GetRequiredService<IConfiguration>())
        ));
        return builder;
    }

    // https://docs.railway.com/reference/variables; the environment's variables are a part of every host's configuration.
    private static TimeSpan? OfRailway(IConfiguration configuration) =>
        int.TryParse(configuration["RAILWAY_DEPLOYMENT_DRAINING_SECONDS"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
        : configuration["RAILWAY_ENVIRONMENT_ID"] is { Length: > 0 } ? TimeSpan.Zero
        : null;
}
