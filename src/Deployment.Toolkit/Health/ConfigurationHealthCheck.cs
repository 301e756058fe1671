using Deployment.Toolkit.Options;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Masking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health;

/// <summary>
/// Degraded while a changed configuration is refused, or a source of secrets doesn't answer: the app lives on with what it last had.
/// </summary>
internal sealed class ConfigurationHealthCheck(ConfigurationStore store, SecretResolver secrets, SecretRedactor redactor) : IHealthCheck
{
    internal const string Name = "configuration";

    /// <summary>Adds the check as soon as there are options that can change.</summary>
    internal static void FollowOptions(DeploymentBuilder deployment) =>
        deployment.Registrations.Follow<OwnedSections>(() =>
        {
            if (!deployment.Declarations.Add("configuration check", "The check of the configuration", "AddValidatedOptions"))
                return;

            // It only looks at what is in memory: nothing is spared by an older answer.
            deployment.Host.Services.Configure<HealthCheckPolicy>(Name, static policy => policy.MaximumAge = TimeSpan.Zero);
            deployment.Host.Services.Configure<HealthGateOptions>(static gate => gate.Own.Add(Name));
            deployment
                .Host.Services.AddHealthChecks()
                .Add(
                    new HealthCheckRegistration(
                        Name,
                        static services => new ConfigurationHealthCheck(
                            services.GetRequiredService<ConfigurationStore>(),
                            services.GetRequiredService<SecretResolver>(),
                            services.GetRequiredService<SecretRedactor>()
                        ),
                        HealthStatus.Degraded,
                        ["configuration"],
                        TimeSpan.FromSeconds(5)
                    )
                );
        });

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var reasons = new List<string>();
        if (store.Rejected is { } rejected)
            reasons.Add(
                $"a changed configuration was refused: "
                    + $"{string.Join(" ", rejected.Faults.Where(static fault => fault.Severity == MessageSeverity.Error).Select(redactor.Redact))}"
            );
        foreach (var (name, reason) in secrets.Stale)
            reasons.Add($"secret {name} is as it was last read: {reason}");
        return Task.FromResult(reasons.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join("; ", reasons)));
    }
}
