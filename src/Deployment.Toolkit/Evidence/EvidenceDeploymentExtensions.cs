using Deployment.Toolkit.Evidence;

namespace Deployment.Toolkit;

/// <summary>Whose word counts for what was done on machines whose journals are not here.</summary>
public static class EvidenceDeploymentExtensions
{
    /// <summary>
    /// Bundles that a key signed count for an environment, once they are imported with <c>deploy evidence import</c>. Said twice for the
    /// same environment, both keys count.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="environment">The environment that the key speaks for, and no other.</param>
    /// <param name="publicKey">
    /// The <c>p256:…</c> that <c>deploy secrets key</c> shows there, or a public key of the curve P-256 in PEM.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="DeploymentException">It is no public key.</exception>
    public static DeploymentBuilder TrustEvidenceOf(this DeploymentBuilder builder, string environment, string publicKey)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(environment);
        ArgumentNullException.ThrowIfNull(publicKey);
        var key = EvidenceKey.Parse(publicKey, $"The key that evidence of '{environment}' is trusted by");
        var keys = builder.Registrations.Of<DeclaredEvidenceKeys>().Keys;
        if (
            !keys.Exists(known =>
                known.Key.Id == key.Id && string.Equals(known.Environment, environment, StringComparison.OrdinalIgnoreCase)
            )
        )
            keys.Add(new TrustedKey("declared in the app", environment, key, IsDeclared: true));
        return builder;
    }
}
