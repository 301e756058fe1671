using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Monitoring;

/// <summary>
/// Degraded while a secret is due for renewal, expires within a fortnight or is expired. What mends it may need a deployment, so it stops
/// none.
/// </summary>
internal sealed class SecretsDueCheck(SecretsDue due, LedgerCache ledgers) : IHealthCheck
{
    internal const string Name = "secrets";

    /// <summary>Adds the check, and the gauge of the same times, as soon as there may be sealed secrets.</summary>
    internal static void FollowSealedSecrets(DeploymentBuilder deployment) =>
        deployment.Registrations.Follow<SealedSecretsOptions>(() =>
        {
            if (!deployment.Declarations.Add("secrets check", "The check of secrets", "AddSealedSecrets"))
                return;

            var services = deployment.Host.Services;
            services.AddSingleton<SecretsDueCheck>();
            services.Configure<HealthCheckPolicy>(Name, static policy => policy.Role = HealthCheckRole.Advisory);
            services.AddHostedService<SecretsMeter>();
            services
                .AddHealthChecks()
                .Add(
                    new HealthCheckRegistration(
                        Name,
                        static services => services.GetRequiredService<SecretsDueCheck>(),
                        HealthStatus.Degraded,
                        ["configuration"],
                        TimeSpan.FromSeconds(5)
                    )
                );
        });

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var ledger = await ledgers.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (ledger.OpenRun is not null)
            return HealthCheckResult.Healthy("a run is not finished");

        var now = due.Now;
        var texts = due.Scheduled(ledger, now).Where(secret => secret.IsDue(now)).Select(static secret => secret.Text).ToList();
        return texts.Count == 0
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, string.Join(" ", texts));
    }
}
