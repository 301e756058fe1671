namespace Deployment.Toolkit.Configuration;

/// <summary>Tells by its name whether a key holds a secret.</summary>
internal static class SecretNames
{
    private static readonly string[] Words =
        ["password", "passwd", "pwd", "secret", "token", "apikey", "accesskey", "privatekey", "passphrase", "credential", "credentials"];

    /// <summary>Whether the value itself may hold a secret somewhere: a secret's name, or a connection string.</summary>
    internal static bool MayHold(string key) =>
        Match(key) || key.StartsWith("ConnectionStrings:", StringComparison.OrdinalIgnoreCase) || key.EndsWith("ConnectionString", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the last segment of a key is a secret's name.</summary>
    internal static bool Match(string key)
    {
        var name = key[(key.LastIndexOf(':') + 1)..];
        var plain = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        return Array.Exists(Words, word => plain.EndsWith(word, StringComparison.OrdinalIgnoreCase));
    }
}
