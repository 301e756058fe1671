namespace Deployment.Toolkit.Settings.DotEnv;

/// <summary>Names that mean something as variables of the process and nothing in a file that is read later.</summary>
internal static class DotEnvNames
{
    private static readonly string[] HostPrefixes = ["ASPNETCORE_", "DOTNET_"];

    // What .NET's provider of variables makes connection strings of.
    private static readonly string[] ConnectionStringPrefixes =
    [
        "CUSTOMCONNSTR_",
        "SQLCONNSTR_",
        "SQLAZURECONNSTR_",
        "MYSQLCONNSTR_",
        "POSTGRESQLCONNSTR_",
        "APIHUBCONNSTR_",
        "DOCDBCONNSTR_",
        "EVENTHUBCONNSTR_",
        "NOTIFICATIONHUBCONNSTR_",
        "REDISCACHECONNSTR_",
        "SERVICEBUSCONNSTR_",
    ];

    private const string SecretPrefix = "DEPLOYMENT_SECRET_";
    private const string KeyPrefix = "DEPLOYMENT_SECRETS_";

    /// <summary>Why a name has no effect in a file, and what to write instead; <see langword="null"/> when it has one.</summary>
    internal static string? WithoutEffect(string name)
    {
        if (Prefix(name, HostPrefixes) is not null)
            return $"sets {name}, which has no effect here: the host has read its own settings before. Set it as a variable of the "
                + $"process.";
        if (Prefix(name, ConnectionStringPrefixes) is { } prefix)
            return $"sets {name}, which has no effect here: only variables of the process are taken for connection strings by that "
                + $"prefix. Write ConnectionStrings__{name[prefix.Length..]}.";
        if (name.StartsWith(SecretPrefix, StringComparison.OrdinalIgnoreCase))
            return $"sets {name}, which has no effect here: secrets are taken from variables of the process and from the sealed file, "
                + $"never from .env. Set it as a variable, or seal it with 'deploy secrets set NAME'.";
        return name.StartsWith(KeyPrefix, StringComparison.OrdinalIgnoreCase)
            ? $"sets {name}, which has no effect here: keys are taken from variables of the process. Set it as a variable."
            : null;
    }

    private static string? Prefix(string name, string[] prefixes) =>
        Array.Find(prefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
