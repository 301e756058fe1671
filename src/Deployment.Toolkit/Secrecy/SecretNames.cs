namespace Deployment.Toolkit.Secrecy;

/// <summary>Tells by its name whether a key holds a secret.</summary>
internal static class SecretNames
{
    private static readonly string[] Words =
    [
        "password",
        "passwd",
        "pwd",
        "secret",
        "token",
        "apikey",
        "accesskey",
        "accountkey",
        "privatekey",
        "signingkey",
        "encryptionkey",
        "masterkey",
        "sharedkey",
        "passphrase",
        "credential",
        "credentials",
    ];

    /// <summary>Whether the value itself may hold a secret somewhere: a secret's name, or a connection string.</summary>
    internal static bool MayHold(string key) =>
        MatchKey(key)
        || key.StartsWith("ConnectionStrings:", StringComparison.OrdinalIgnoreCase)
        || key.EndsWith("ConnectionString", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a key of the configuration is a secret's. The shell's own variables for the working folder are none: they end like the short
    /// word for password that connection strings use.
    /// </summary>
    internal static bool MatchKey(string key) => key is not ("PWD" or "OLDPWD") && Match(key);

    /// <summary>
    /// Whether the last segment of a key is a secret's name. An element of a list is what the list is, also in the plural.
    /// </summary>
    internal static bool Match(string key)
    {
        var end = key.Length;
        var start = key.LastIndexOf(':') + 1;
        while (start > 0 && IsIndex(key.AsSpan(start, end - start)))
        {
            end = start - 1;
            start = end == 0 ? 0 : key.LastIndexOf(':', end - 1) + 1;
        }

        return IsSecret(key[start..end]) || (end < key.Length && IsPlural(key[start..end]));
    }

    /// <summary>Whether a name is that of many secrets: <c>Passwords</c>, <c>ApiKeys</c>.</summary>
    internal static bool IsPlural(string name) => name.EndsWith('s') && IsSecret(name[..^1]);

    private static bool IsIndex(ReadOnlySpan<char> segment) => !segment.IsEmpty && !segment.ContainsAnyExceptInRange('0', '9');

    private static bool IsSecret(string name)
    {
        var plain = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        return Array.Exists(Words, word => plain.EndsWith(word, StringComparison.OrdinalIgnoreCase));
    }
}
