using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit;

/// <summary>
/// Says whose sealed files the app takes, and how much it relies on them. Without a root a file says itself whose it is, and anybody can
/// make one.
/// </summary>
public sealed class SealedSecretsOptions
{
    private readonly List<RootFingerprint> _roots = [];

    internal IReadOnlyList<RootFingerprint> Roots => _roots;

    /// <summary>
    /// Whether, while this process has no key for the file or cannot read it, a secret is taken from a source that is asked after it, with
    /// a warning and a degraded health check <c>configuration</c>. A file that was tampered with, or is not the pinned one, is refused all
    /// the same. Default <see langword="false"/>: what a later source has may be old.
    /// </summary>
    public bool AllowFallback { get; set; }

    /// <summary>
    /// Pins the sealed file of one environment: it has to lead back to this header, or is refused. The fingerprint names its environment;
    /// call it once for each.
    /// </summary>
    /// <param name="fingerprint">As <c>deploy secrets init</c>, <c>verify</c> and <c>recipients remove</c> print it: <c>dtk1:…</c>.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">It is no fingerprint.</exception>
    public SealedSecretsOptions Root(string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        var root =
            RootFingerprint.TryParse(fingerprint)
            ?? throw new ArgumentException(
                $"AddSealedSecrets(s => s.Root(\"{fingerprint}\")): that is no fingerprint of a sealed file. One begins with 'dtk1:', "
                    + $"then the environment, then 43 characters; 'deploy secrets verify' prints the line.",
                nameof(fingerprint)
            );
        if (!_roots.Contains(root))
            _roots.Add(root);
        return this;
    }
}
