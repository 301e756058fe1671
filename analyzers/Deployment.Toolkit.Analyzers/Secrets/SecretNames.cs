using System;
using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Tells by its name that a setting holds a secret: by its last word, for a password's length or lifetime is none.</summary>
internal static class SecretNames
{
    private static readonly HashSet<string> s_secret = new(StringComparer.Ordinal)
    {
        "PASSWORD",
        "PASSWD",
        "PWD",
        "PASSPHRASE",
        "SECRET",
        "APIKEY",
        "SECRETKEY",
        "PRIVATEKEY",
        "ACCESSKEY",
        "AUTHKEY",
        "SIGNINGKEY",
        "ENCRYPTIONKEY",
        "ACCOUNTKEY",
        "JWTKEY",
        "TOKENKEY",
        "SHAREDKEY",
        "MASTERKEY",
        "CLIENTSECRET",
        "APISECRET",
        "AUTHTOKEN",
        "ACCESSTOKEN",
        "BOTTOKEN",
        "APITOKEN",
        "BEARERTOKEN",
        "REFRESHTOKEN",
    };

    private static readonly HashSet<string> s_keyOf = new(StringComparer.Ordinal)
    {
        "API",
        "ACCESS",
        "SECRET",
        "PRIVATE",
        "SIGNING",
        "ENCRYPTION",
        "SHARED",
        "ACCOUNT",
        "MASTER",
        "CLIENT",
        "JWT",
        "AUTH",
        "SECURITY",
        "HMAC",
        "WEBHOOK",
        "CRYPTO",
        "AES",
        "TOKEN",
        "AUTHORIZATION",
        "SUBSCRIPTION",
        "LICENSE",
        "FUNCTION",
        "ISSUER",
        "SYMMETRIC",
        "ADMIN",
    };

    private static readonly HashSet<string> s_tokenOf = new(StringComparer.Ordinal)
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
    };

    // Of the last words that make a name a secret's.
    private static readonly string[] s_parts = ["pass", "pwd", "secret", "key", "token", "phrase"];

    // "ForgotPassword" is a page or a switch.
    private static readonly string[] s_verbs =
    [
        "FORGOT",
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
        "MIN",
        "MAX",
        "VALIDATE",
        "UPDATE",
        "CONFIRM",
    ];

    private static readonly string[] s_public =
    [
        "PUBLIC",
        "PUBLISHABLE",
        "SITE",
        "INSTRUMENTATION",
        "PARTITION",
        "ROW",
        "FOREIGN",
        "SORT",
        "HASH",
    ];

    /// <param name="path">Keys joined by colons, or the name of an environment's variable.</param>
    public static bool Is(string path)
    {
        // Asked of every key of every file, most of which speak of nothing of the kind.
        if (!MayBe(path))
        {
            return false;
        }

        var names = path.Replace("__", ":").Split(':');
        var words = Words(names[names.Length - 1]);
        if (words.Count == 0 || words.Intersect(s_public).Any() || s_verbs.Contains(words[0]))
        {
            return false;
        }

        var last = words[words.Count - 1];
        if (s_secret.Contains(last) || (words.Count == 1 && last == "PASS") || (last == "PASS" && words.Count == 2))
        {
            return true;
        }

        var before = words.Count > 1 ? words[words.Count - 2] : null;
        var parents = names.Length > 1 ? Words(names[names.Length - 2]) : [];
        return last switch
        {
            "KEY" => before is null ? parents.Any(w => s_keyOf.Contains(w)) : s_keyOf.Contains(before),
            "TOKEN" => before is null
                ? parents.Any(w => w is "API" or "BOT" or "TELEGRAM" or "DISCORD" or "GITHUB" or "SLACK")
                : s_tokenOf.Contains(before),
            "PHRASE" => before == "PASS",
            _ => false,
        };
    }

    private static bool MayBe(string path)
    {
        foreach (var part in s_parts)
        {
            if (path.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>"smtpPassword", "SMTP_PASSWORD" and "smtp-password" are two words each.</summary>
    public static List<string> Words(string name)
    {
        var words = new List<string>();
        var start = 0;
        for (var i = 0; i <= name.Length; i++)
        {
            var ends =
                i == name.Length
                || !char.IsLetterOrDigit(name[i])
                || (
                    i > start && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])))
                );
            if (ends)
            {
                if (i > start)
                {
                    words.Add(name.Substring(start, i - start).ToUpperInvariant());
                }

                start = i < name.Length && char.IsLetterOrDigit(name[i]) ? i : i + 1;
            }
        }

        return words;
    }
}
