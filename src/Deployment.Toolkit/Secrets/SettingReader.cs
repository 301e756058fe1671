using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrecy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Secrets;

/// <summary>Reads one setting, and the secret that it refers to.</summary>
internal static class SettingReader
{
    /// <returns>The value; <see langword="null"/> when the setting is not there or empty.</returns>
    /// <exception cref="DeploymentException">It refers to a secret that is not to be had.</exception>
    internal static string? Read(IServiceProvider services, string key)
    {
        if (services.GetRequiredService<IConfiguration>()[key] is not { Length: > 0 } text)
            return null;
        if (!SecretText.HasReference(text))
            return text;

        var resolver = services.GetRequiredService<SecretResolver>();
        if (!SecretReference.IsReference(text) && SecretText.ReferencesIn(text).Count > 0)
        {
            var composed = SecretText.Compose(text, reference => Find(resolver, reference, key))!;
            // A driver may repeat all of it, in a spelling of its own.
            services.GetRequiredService<IssuedSecrets>().Add(new Secret(composed));
            return composed;
        }

        return SecretReference.TryParse(text, out var whole)
            ? Find(resolver, whole, key)
            : throw DeploymentException.Refused(
                Codes.SecretReferenceInvalid,
                $"{key} begins like a reference to a secret and is none. Write secret://name or secret://name@version, names of "
                    + $"letters, digits, '-', '_' and '.'."
            );
    }

    private static string Find(SecretResolver resolver, SecretReference reference, string key)
    {
        var found = resolver.Resolve(reference, key);
        return found.Value?.Reveal()
            ?? throw DeploymentException.Refused(
                Codes.SecretUnavailable,
                $"{key} refers to secret '{reference.Name}', which {found.Fault}"
            );
    }
}
