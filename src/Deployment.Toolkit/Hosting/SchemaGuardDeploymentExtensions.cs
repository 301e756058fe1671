using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Registration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit;

/// <summary>What an app does about its schema when it starts.</summary>
public static class SchemaGuardDeploymentExtensions
{
    /// <summary>
    /// Keeps the app from serving on a schema that its code doesn't know, and adds the health check <c>schema</c> (tag <c>ready</c>), which
    /// is unhealthy while the schema is behind. Verbs are not held up.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="onStart">What is done before anything of the app serves.</param>
    /// <param name="configure">Says how long it waits; <see langword="null"/> for the defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="onStart"/> is none of the declared values.</exception>
    public static DeploymentBuilder GuardSchema(
        this DeploymentBuilder builder,
        SchemaOnStart onStart,
        Action<SchemaGuardOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!Enum.IsDefined(onStart))
            throw new ArgumentOutOfRangeException(nameof(onStart), onStart, "This is none of the declared values.");

        var options = new SchemaGuardOptions();
        configure?.Invoke(options);
        if (
            !builder.Declarations.Add(
                "schema guard",
                "What the app does about its schema when it starts",
                nameof(GuardSchema),
                new Declared("mode", onStart.ToString(), onStart),
                new Declared("limit", options.WaitAtMost.ToString(), options.WaitAtMost),
                new Declared("pause", options.AskEvery.ToString(), options.AskEvery)
            )
        )
            return builder;

        var services = builder.Host.Services;
        services.AddSingleton(provider => new SchemaGuard(
            onStart,
            options,
            provider.GetRequiredService<DeploymentPartsFactory>(),
            provider.GetRequiredService<Deployer>()
        ));
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<SchemaGuard>());
        // A schema that is applied is no chance hit.
        services.Configure<HealthCheckPolicy>(SchemaHealthCheck.Name, static policy => policy.SuccessesToGoUp = 1);
        services.Configure<HealthGateOptions>(static gate => gate.Own.Add(SchemaHealthCheck.Name));
        services
            .AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    SchemaHealthCheck.Name,
                    static provider => new SchemaHealthCheck(
                        provider.GetRequiredService<SchemaGuard>(),
                        provider.GetRequiredService<DeploymentPartsFactory>()
                    ),
                    HealthStatus.Unhealthy,
                    ["ready", "schema"],
                    TimeSpan.FromSeconds(10)
                )
            );
        return builder;
    }
}
