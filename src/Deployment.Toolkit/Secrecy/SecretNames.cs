using System;
using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Secrecy;

/// <summary>
/// Tells by its name whether a key, a variable or an identifier holds a secret. Whoever shows, masks, finds or reports secrets asks here,
/// so that all of them agree.
/// </summary>
internal static class SecretNames
{
    // Of the words below: most names have none of it.
    private static readonly string[] Parts =
    [
        "pass",
        "pwd",
        "pw",
        "secret",
        "key",
        "token",
        "phrase",
        "credential",
        "auth",
        "pin",
        "bearer",
    ];

    // What a name ends with, also where no capital tells its words apart.
    private static readonly string[] Ends =
    [
        "PASSWORD",
        "PASSWORDS",
        "PASSWORT",
        "PASSWD",
        "PASSPHRASE",
        "PASSCODE",
        "PWD",
        "SECRET",
        "SECRETS",
        "APIKEY",
        "APPKEY",
        "SECRETKEY",
        "PRIVATEKEY",
        "ACCESSKEY",
        "AUTHKEY",
        "SIGNINGKEY",
        "ENCRYPTIONKEY",
        "DECRYPTIONKEY",
        "VALIDATIONKEY",
        "ACCOUNTKEY",
        "STORAGEKEY",
        "JWTKEY",
        "TOKENKEY",
        "SHAREDKEY",
        "MASTERKEY",
        "SYMMETRICKEY",
        "HMACKEY",
        "SUBSCRIPTIONKEY",
        "AUTHTOKEN",
        "ACCESSTOKEN",
        "BOTTOKEN",
        "APITOKEN",
        "SASTOKEN",
        "BEARERTOKEN",
        "REFRESHTOKEN",
    ];

    private static readonly HashSet<string> KeyOwners = new(StringComparer.Ordinal)
    {
        "API",
        "ACCESS",
        "SECRET",
        "PRIVATE",
        "SIGN",
        "SIGNING",
        "SIGNATURE",
        "ENCRYPT",
        "ENCRYPTION",
        "DECRYPTION",
        "SHARED",
        "ACCOUNT",
        "MASTER",
        "CLIENT",
        "JWT",
        "AUTH",
        "SECURITY",
        "SECURE",
        "HMAC",
        "WEBHOOK",
        "CRYPT",
        "CRYPTO",
        "AES",
        "RSA",
        "TOKEN",
        "AUTHORIZATION",
        "SUBSCRIPTION",
        "LICENSE",
        "FUNCTION",
        "ISSUER",
        "SYMMETRIC",
        "ADMIN",
        "STORAGE",
    };

    private static readonly HashSet<string> TokenOwners = new(StringComparer.Ordinal)
    {
        "ACCESS",
        "AUTH",
        "BEARER",
        "BOT",
        "API",
        "REFRESH",
        "PERSONAL",
        "SECRET",
        "SERVICE",
        "GITHUB",
        "SLACK",
        "TELEGRAM",
        "DISCORD",
        "ADMIN",
        "SAS",
        "VAULT",
        "NPM",
        "STRIPE",
        "PAYPAL",
        "TWILIO",
        "SENDGRID",
        "MAILGUN",
        "OPENAI",
        "SHOPIFY",
        "SENTRY",
        "DATADOG",
        "CLOUDFLARE",
        "NUGET",
        "DOCKER",
        "GITLAB",
        "FIREBASE",
        "AZURE",
        "AWS",
    };

    private static readonly HashSet<string> TokenSections = new(StringComparer.Ordinal)
    {
        "API",
        "BOT",
        "TELEGRAM",
        "DISCORD",
        "GITHUB",
        "SLACK",
    };

    // A key that finds something, a token that goes from page to page, and what may be seen by everybody.
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "PUBLIC",
        "PUBLISHABLE",
        "SITE",
        "INSTRUMENTATION",
        "PARTITION",
        "ROW",
        "FOREIGN",
        "PRIMARY",
        "SORT",
        "CACHE",
        "ROUTING",
        "ROUTE",
        "OBJECT",
        "BLOB",
        "MAP",
        "DICTIONARY",
        "LOOKUP",
        "GROUP",
        "SESSION",
        "COOKIE",
        "RESOURCE",
        "REGISTRY",
        "IDEMPOTENCY",
        "MESSAGE",
        "HASH",
        "HASHED",
        "DIGEST",
        "CHECKSUM",
        "FINGERPRINT",
        "THUMBPRINT",
        "CONTINUATION",
        "PAGE",
        "PAGING",
        "NEXT",
        "SKIP",
        "CSRF",
        "XSRF",
        "TRUNCATED",
        "MASKED",
        "REDACTED",
        "OBFUSCATED",
        "ANTIFORGERY",
        "CANCELLATION",
        "CANCEL",
        "CHANGE",
    };

    // "ForgotPassword" is a page or a switch, "NoPassword" a fault.
    private static readonly string[] Verbs =
    [
        "FORGOT",
        "FORGOTTEN",
        "RESET",
        "CHANGE",
        "SHOW",
        "HIDE",
        "ENABLE",
        "ALLOW",
        "REQUIRE",
        "USE",
        "HAS",
        "IS",
        "NO",
        "MIN",
        "MAX",
        "VALIDATE",
        "UPDATE",
        "CONFIRM",
        "INVALID",
        "WRONG",
        "MISSING",
    ];

    // Short ones stand at the beginning of other words.
    private static readonly string[] LongVerbs = [.. Verbs.Where(static verb => verb.Length > 4)];

    /// <summary>What a name says, be it of a key with its sections, an environment's variable or an identifier.</summary>
    internal static SecretName Of(string key)
    {
        if (!Array.Exists(Parts, part => key.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0))
            return SecretName.None;

        var segments = key.Replace("__", ":").Split(':');
        var at = Last(segments);
        var section = at > 0 ? segments[at - 1] : "";
        var judged = Judge(segments[at], section);
        // An element of a list is what the list is, also in the plural.
        return at == segments.Length - 1 || !segments[at].EndsWith("s", StringComparison.OrdinalIgnoreCase)
            ? judged
            : Stronger(judged, Judge(segments[at].Substring(0, segments[at].Length - 1), section));
    }

    /// <summary>The last part of a key that is no place in a list: what a person would call it.</summary>
    internal static string Own(string key)
    {
        var segments = key.Replace("__", ":").Split(':');
        return segments[Last(segments)];
    }

    /// <summary>
    /// Whether a key is a secret's by its name alone: what stands there is masked and asked of sources, whatever it looks like. Tokens and
    /// credentials count, keys of which nobody knows what they open do not.
    /// </summary>
    internal static bool Match(string key) =>
        Of(key) switch
        {
            SecretName.Certain => true,
            SecretName.Possible => HasWord(key, "TOKEN") || HasWord(key, "CREDENTIAL"),
            _ => false,
        };

    /// <summary>
    /// As <see cref="Match"/>. The shell's own variables for the working folder are none: they end like the short word for password that
    /// connection strings use.
    /// </summary>
    internal static bool MatchKey(string key) => key is not ("PWD" or "OLDPWD") && Match(key);

    /// <summary>Whether a value is masked wherever it turns up: by its name, or because it looks like one.</summary>
    internal static bool Masks(string key, string value) => MatchKey(key) || SecretValues.IsSecret(key, value);

    /// <summary>Whether the value itself may hold a secret somewhere: a secret's name, or a connection string.</summary>
    internal static bool MayHold(string key) =>
        MatchKey(key)
        || key.StartsWith("ConnectionStrings:", StringComparison.OrdinalIgnoreCase)
        || key.EndsWith("ConnectionString", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a name is that of many secrets: <c>Passwords</c>, <c>ApiKeys</c>.</summary>
    internal static bool IsPlural(string name) =>
        name.EndsWith("s", StringComparison.OrdinalIgnoreCase) && Match(name.Substring(0, name.Length - 1));

    private static int Last(string[] segments)
    {
        var at = segments.Length - 1;
        while (at > 0 && IsIndex(segments[at]))
            at--;
        return at;
    }

    private static SecretName Judge(string name, string section)
    {
        var words = NameWords.Of(name);
        // s_token, m_key
        if (words.Count > 1 && words[0].Length == 1)
            words.RemoveAt(0);
        if (words.Count == 0 || ByWords(words, section) is not (var judged and not SecretName.None))
            return SecretName.None;

        var isOther =
            words.Exists(Harmless.Contains)
            || (words.Count > 1 && Array.IndexOf(Verbs, words[0]) >= 0)
            || (words.Count == 1 && Array.Exists(LongVerbs, verb => words[0].StartsWith(verb, StringComparison.Ordinal)));
        return isOther ? SecretName.Doubtful : judged;
    }

    private static SecretName ByWords(List<string> words, string section)
    {
        var last = words[words.Count - 1];
        var plain = string.Concat(words);
        if (
            Array.Exists(Ends, end => plain.EndsWith(end, StringComparison.Ordinal))
            || (words.Count <= 2 && last is "PASS" or "PW")
            || (last == "PHRASE" && words.Count > 1 && words[words.Count - 2] == "PASS")
        )
            return SecretName.Certain;

        var before = words.Count > 1 ? words[words.Count - 2] : null;
        return last switch
        {
            "KEY" => (before is null ? NameWords.Of(section).Exists(KeyOwners.Contains) : KeyOwners.Contains(before))
                ? SecretName.Certain
                : SecretName.Possible,
            "TOKEN" => (before is null ? NameWords.Of(section).Exists(TokenSections.Contains) : TokenOwners.Contains(before))
                ? SecretName.Certain
                : SecretName.Possible,
            "CREDENTIAL" or "CREDENTIALS" or "AUTH" or "AUTHORIZATION" or "BEARER" or "PIN" => SecretName.Possible,
            _ => plain.EndsWith("TOKEN", StringComparison.Ordinal)
            || plain.EndsWith("KEY", StringComparison.Ordinal)
            || plain.EndsWith("CREDENTIAL", StringComparison.Ordinal)
            || plain.EndsWith("CREDENTIALS", StringComparison.Ordinal)
                ? SecretName.Possible
                : SecretName.None,
        };
    }

    private static bool HasWord(string key, string word)
    {
        var end = key.Length;
        while (end > 0 && (char.IsDigit(key[end - 1]) || key[end - 1] == ':'))
            end--;
        var name = key.Substring(0, end).Replace("_", "").Replace("-", "");
        return name.EndsWith(word, StringComparison.OrdinalIgnoreCase) || name.EndsWith(word + "S", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsIndex(string segment) => segment.Length > 0 && segment.All(char.IsDigit);

    private static SecretName Stronger(SecretName one, SecretName other) => one > other ? one : other;
}
