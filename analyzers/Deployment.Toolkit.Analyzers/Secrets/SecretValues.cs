using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Tells a secret from what only stands in a secret's place.</summary>
internal static class SecretValues
{
    private static readonly HashSet<string> s_placeholderWords = new(StringComparer.Ordinal)
    {
        "YOUR",
        "YOURS",
        "CHANGE",
        "CHANGEME",
        "CHANGEIT",
        "REPLACE",
        "REPLACEME",
        "INSERT",
        "ENTER",
        "PUT",
        "FILL",
        "PROVIDE",
        "FIX" + "ME",
        "TO" + "DO",
        "TBD",
        "EXAMPLE",
        "SAMPLE",
        "DUMMY",
        "FAKE",
        "PLACEHOLDER",
        "REDACTED",
        "REMOVED",
        "OMITTED",
        "HIDDEN",
        "MASKED",
        "HERE",
        "OVERRIDE",
        "OVERRIDDEN",
        "UNDEFINED",
        "UNSET",
        "KEYVAULT",
        "VAULT",
        "GITHUBSECRET",
    };

    private static readonly HashSet<string> s_plain = new(StringComparer.OrdinalIgnoreCase)
    {
        "secret",
        "password",
        "passwd",
        "pwd",
        "pass",
        "token",
        "key",
        "apikey",
        "api-key",
        "api_key",
        "guest",
        "none",
        "null",
        "empty",
        "default",
        "n/a",
        "na",
        "test",
        "testing",
        "string",
        "value",
        "anonymous",
        "true",
        "false",
        "false",
        "secrets",
        "user-secrets",
        "usersecrets",
        "env",
        "environment",
        "local",
        "client_secret",
        "clientsecret",
        "not-set",
        "notset",
        "not set",
        "disabled",
        "off",
    };

    private static readonly Regex s_notSecret = new(
        @"^(https?|ftp|file)://|^[~.]?[\\/]|^[A-Za-z]:\\|\.(pem|key|pfx|p12|crt|cer|json|txt|xml)$|^\$(2[abxy]|argon2|pbkdf2|5|6|scrypt)|^\{?(sha|md5|bcrypt|pbkdf2|argon2)|^(env|vault|kv|ssm|file|op|akv|ref|arn|projects)[:/]|x{3,}|\*{3,}|\.{3}|^(?<c>.)\k<c>*$|^[A-Z]+(_[A-Z]+)+$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    );

    private static readonly Regex s_variable = new("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$", RegexOptions.CultureInvariant);

    // Slack's: "xoxb-" and ten more.
    private const int ShortestForm = 15;

    // Forms that their makers chose so that they can be found.
    private static readonly Regex s_known = new(
        @"^AKIA[0-9A-Z]{16}$|^gh[pousr]_[A-Za-z0-9]{30,}$|^github_pat_\w{40,}$|^glpat-[\w-]{20,}$|^xox[baprs]-[\w-]{10,}$|^(sk|rk)_live_\w{16,}$|^sk-(proj-|ant-)?[\w-]{20,}$|^AIza[\w-]{35}$|^SG\.[\w-]{16,}\.[\w-]{16,}$|-----BEGIN [A-Z ]*PRIVATE KEY-----|^https://hooks\.slack\.com/services/T\w+/B\w+/\w{16,}$|^npm_[A-Za-z0-9]{30,}$|^\d{8,10}:AA[\w-]{32,}$",
        RegexOptions.CultureInvariant
    );

    /// <summary>Whether its form alone says that it is one.</summary>
    public static bool IsKnownForm(string value) =>
        value.Length >= ShortestForm && s_known.IsMatch(value.Trim()) && !HasPlaceholderWord(value);

    /// <summary>Whether, under a secret's name, it may be the secret itself.</summary>
    /// <param name="value">The text.</param>
    /// <param name="name">The setting's own name: a value that repeats it is the name of where the secret is.</param>
    public static bool IsPlausible(string value, string name)
    {
        var text = value.Trim();
        return text.Length >= 3
            && !IsPlaceholder(text)
            && !(
                name.Length >= 6
                && text.All(c => char.IsLetter(c) || c is '-' or '_' or ':' or '.')
                && Bare(text).EndsWith(Bare(name), StringComparison.OrdinalIgnoreCase)
            )
            && !IsSentence(text, name);
    }

    public static bool IsPlaceholder(string value)
    {
        var text = value.Trim();
        return text.Length == 0
            || Placeholders.Is(text)
            || s_plain.Contains(text)
            || s_variable.IsMatch(text)
            || HasPlaceholderWord(text)
            || (s_notSecret.IsMatch(text) && !s_known.IsMatch(text))
            || (text[0] == '<' && text[text.Length - 1] == '>');
    }

    private static bool HasPlaceholderWord(string text) => SecretNames.Words(text).Any(s_placeholderWords.Contains);

    // "Please choose a password" is a message; a sentence as a signing key is a key.
    private static bool IsSentence(string text, string name) =>
        text.Count(c => c == ' ') >= 2
        && !name.EndsWith("Key", StringComparison.OrdinalIgnoreCase)
        && !name.EndsWith("Secret", StringComparison.OrdinalIgnoreCase);

    private static string Bare(string text) => new([.. text.Where(char.IsLetterOrDigit)]);
}
