using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Tests.Health;

/// <summary>The same checks under .NET's own service, and under ours.</summary>
internal static class HealthHost
{
    /// <summary>What is registered with <c>AddHealthChecks()</c> alone.</summary>
    internal static ServiceProvider Microsoft(Action<IHealthChecksBuilder> register)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        register(services.AddHealthChecks());
        return services.BuildServiceProvider();
    }

    /// <summary>The same with <c>AddDeployment()</c>.</summary>
    internal static IHost Ours(Action<IHealthChecksBuilder> register, Action<DeploymentBuilder>? configure = null)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        register(builder.Services.AddHealthChecks());
        var deployment = builder.AddDeployment();
        configure?.Invoke(deployment);
        return builder.Build();
    }

    internal static Task<HealthReport> AskAsync(this IServiceProvider services) =>
        services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
}
