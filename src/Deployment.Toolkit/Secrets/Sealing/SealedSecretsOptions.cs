using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit;

/// <summary>Says whose sealed files the app takes. Without it a file says so itself, and anybody can make one.</summary>
public sealed class SealedSecretsOptions
{
    private readonly List<RootFingerprint> _roots;

    internal SealedSecretsOptions(List<RootFingerprint> roots) => _roots = roots;

    /// <summary>
    /// Pins the sealed file of one environment: it has to lead back to this header, or is refused. The fingerprint names its environment; call it once
    /// for each.
    /// </summary>
    /// <param name="fingerprint">As <c>deploy secrets init</c>, <c>verify</c> and <c>recipients remove</c> print it: <c>dtk1:…</c>.</param>
    /// <returns>These options.</returns>
    /// <exception cref="DeploymentException">It is no fingerprint.</exception>
    public SealedSecretsOptions Root(string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        var root = RootFingerprint.TryParse(fingerprint) ?? throw DeploymentException.Refused(
            Codes.RegistrationInvalid,
            $"AddSealedSecrets(s => s.Root(\"{fingerprint}\")): that is no fingerprint of a sealed file. One begins with 'dtk1:', then the environment, then 43 characters; 'deploy secrets verify' prints the line.");
        if (!_roots.Contains(root)) _roots.Add(root);
        return this;
    }
}
