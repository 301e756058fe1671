using System;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Tells by its name that a variable, property, parameter, key or header holds a secret.</summary>
internal static class SecretIdentifier
{
    private static readonly string[] s_secrets =
    [
        "password",
        "passwd",
        "passphrase",
        "passwort",
        "secret",
        "apikey",
        "secretkey",
        "accesskey",
        "privatekey",
        "signingkey",
        "encryptionkey",
        "symmetrickey",
        "masterkey",
        "accountkey",
        "storagekey",
        "sharedkey",
        "hmackey",
        "subscriptionkey",
        "accesstoken",
        "refreshtoken",
        "bearertoken",
        "authtoken",
        "apitoken",
        "sastoken",
        "personalaccesstoken",
        "bottoken",
    ];

    private static readonly string[] s_keyOwners = ["jwt", "token", "sign", "crypt", "auth", "hmac", "aes", "secur"];

    private static readonly string[] s_otherKeys =
    [
        "public",
        "cache",
        "partition",
        "primary",
        "foreign",
        "row",
        "sort",
        "registry",
        "publishable",
    ];

    // "Secret" and "Password" before these are what someone talks about, not what is held: SecretName, PasswordReset, NoPassword.
    private static readonly string[] s_negations =
    [
        "isnot",
        "has",
        "no",
        "show",
        "forgot",
        "reset",
        "change",
        "use",
        "require",
        "invalid",
        "wrong",
        "missing",
    ];

    /// <summary>Whether a literal there may be a secret: also a key of what signs or encrypts (<c>Jwt:Key</c>), and <c>pwd</c>.</summary>
    public static bool Holds(string name)
    {
        var plain = Plain(name);
        return HoldsForSure(plain)
            || EndsWith(plain, "pwd")
            || (EndsWith(plain, "key") && s_keyOwners.Any(plain.Contains) && !s_otherKeys.Any(plain.Contains));
    }

    /// <summary>Whether a variable of that name surely has a secret's value at run time.</summary>
    public static bool Discloses(string name)
    {
        var plain = Plain(name);
        return HoldsForSure(plain) || EndsWith(plain, "connectionstring");
    }

    /// <summary>Whether a text speaks of a secret, as a name, header or message does.</summary>
    public static bool SpeaksOf(string text)
    {
        var plain = Plain(text);
        return s_secrets.Any(plain.Contains) || plain.Contains("key") || plain.Contains("token") || plain.Contains("credential");
    }

    private static bool HoldsForSure(string plain) =>
        s_secrets.Any(secret => EndsWith(plain, secret))
        && !s_otherKeys.Any(plain.Contains)
        && !s_negations.Any(n => plain.StartsWith(n, StringComparison.Ordinal));

    private static bool EndsWith(string plain, string end) => plain.EndsWith(end, StringComparison.Ordinal);

    // Asked of every argument of every log call: without a list in between.
    private static string Plain(string name)
    {
        var letters = new char[name.Length];
        var count = 0;
        foreach (var c in name)
        {
            if (char.IsLetter(c))
            {
                letters[count++] = char.ToLowerInvariant(c);
            }
        }

        return new string(letters, 0, count);
    }
}
