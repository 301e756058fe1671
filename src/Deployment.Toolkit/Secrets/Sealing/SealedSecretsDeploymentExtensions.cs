using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit;

/// <summary>Secrets from a sealed file.</summary>
public static class SealedSecretsDeploymentExtensions
{
    /// <summary>
    /// Takes secrets from the sealed file <c>secrets.{environment}.json</c> in the content root, encrypted and made to be committed. It is
    /// written with <c>deploy secrets</c> and opened with the key that the process finds; see docs/secrets.md. The health check
    /// <c>secrets</c> is degraded while one of them expires within 14 days.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Pins the files' roots, one an environment: <c>s => s.Root("dtk1:…")</c>, the line that <c>deploy secrets
    /// init</c> prints.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">A root is no fingerprint.</exception>
    public static DeploymentBuilder AddSealedSecrets(this DeploymentBuilder builder, Action<SealedSecretsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        configure?.Invoke(builder.Registrations.Of<SealedSecretsOptions>());
        builder.Host.Services.TryAddSingleton(static services => new SealedSecretSource(
            services.GetRequiredService<SealedSecrets>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<SealedSecrets>>()
        ));
        builder.Registrations.Tell<SealedSecretsOptions>();
        return builder;
    }
}
