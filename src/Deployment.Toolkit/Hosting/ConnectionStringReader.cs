using Deployment.Toolkit.Configuration;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Hosting;

/// <summary>Reads a connection string, and the secret that it refers to.</summary>
internal static class ConnectionStringReader
{
    internal static string Read(IServiceProvider services, string name)
    {
        var key = ConfigurationPath.Combine("ConnectionStrings", name);
        if (services.GetRequiredService<IConfiguration>()[key] is not { Length: > 0 } text)
        {
            throw DeploymentException.Refused(
                Codes.ConnectionStringMissing,
                $"Connection string '{name}' is not set in this environment. Set ConnectionStrings:{name} in its appsettings file or the variable ConnectionStrings__{name}.");
        }

        if (!SecretReference.IsReference(text)) return text;
        if (!SecretReference.TryParse(text, out var reference))
            throw DeploymentException.Refused(Codes.SecretReferenceInvalid, $"{key} begins like a reference to a secret and is none. Write secret://name or secret://name@version, names of letters, digits, '-', '_' and '.'.");

        var found = services.GetRequiredService<SecretResolver>().Resolve(reference, key);
        return found.Value?.Reveal() ?? throw DeploymentException.Refused(Codes.SecretUnavailable, $"{key} refers to secret '{reference.Name}', which {found.Fault}");
    }
}
