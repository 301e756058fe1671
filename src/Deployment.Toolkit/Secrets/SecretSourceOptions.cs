namespace Deployment.Toolkit;

/// <summary>How much a deployment relies on a source of secrets.</summary>
public sealed class SecretSourceOptions
{
    /// <summary>
    /// Whether, while this source does not answer, a secret is taken from one that is asked after it, with a warning and a degraded health
    /// check <c>configuration</c>. Default <see langword="false"/>: what a later source has may be old, so a source that fails is a fault.
    /// </summary>
    public bool AllowFallback { get; set; }
}
