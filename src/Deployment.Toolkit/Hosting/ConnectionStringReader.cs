using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Hosting;

/// <summary>Reads a connection string, and the secret that it refers to.</summary>
internal static class ConnectionStringReader
{
    internal static string KeyOf(string name) => ConfigurationPath.Combine("ConnectionStrings", name);

    internal static string Read(IServiceProvider services, string name) => SettingReader.Read(services, KeyOf(name)) ?? throw DeploymentException.Refused(
        Codes.ConnectionStringMissing,
        $"Connection string '{name}' is not set in this environment. Set ConnectionStrings:{name} in its appsettings file or the variable ConnectionStrings__{name}.");
}
