using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Secrecy;

/// <summary>
/// Tells a secret from what only stands in a secret's place, for whoever shows, masks, finds or reports secrets.
/// </summary>
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
        "UNUSED",
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
        "password!",
        "bearer",
        "basic",
        "AutoGenerate",
        "AutoGenerate,IsolateApps",
        "IsolateApps",
        "IsolateByAppId",
        "not-a-real-key",
        "not-a-secret",
    };

    private static readonly Regex s_notSecret = new(
        @"^(https?|ftp|file)://(?![^\s]*[?&]sig=)|^[~.]?[\\/]|^[A-Za-z]:\\|\.(pem|key|pfx|p12|crt|cer|json|txt|xml)$|^\$(2[abxy]|argon2|pbkdf2|5|6|scrypt)|^\{?(sha|md5|bcrypt|pbkdf2|argon2)|^(env|vault|kv|ssm|file|op|akv|ref|arn|projects)[:/]|x{3,}|\*{3,}|\.{3}|^(?<c>.)\k<c>*$|^[A-Z]+(_[A-Z]+)+$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    private static readonly Regex s_variable = new(
        "^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    // What is longer is data.
    private const int LongestKey = 4096;
    private const int ShortestRandom = 16;
    private const int LongestDecoded = 200;

    /// <summary>Whether a value is a secret, by its form or by its name and what it looks like.</summary>
    /// <param name="key">With its sections, or an environment's variable.</param>
    /// <param name="value">Not of a connection string, which <see cref="ConnectionSecrets"/> judges.</param>
    internal static bool IsSecret(string key, string value) =>
        IsKnownForm(value)
        || SecretNames.Of(key) switch
        {
            SecretName.Certain => IsPlausible(value, SecretNames.Own(key)),
            SecretName.Possible => IsPlausible(value, SecretNames.Own(key)) && (IsRandom(value) || (IsPin(key) && IsNumber(value))),
            _ => false,
        };

    /// <summary>Whether its form alone says that it is one.</summary>
    public static bool IsKnownForm(string value) => SecretForms.Find(value) is not null && !HasPlaceholderWord(value);

    /// <summary>Whether, under a secret's name, it may be the secret itself.</summary>
    /// <param name="value">The text.</param>
    /// <param name="name">The setting's own name: a value that repeats it is the name of where the secret is.</param>
    public static bool IsPlausible(string value, string name)
    {
        var text = value.Trim();
        return text.Length >= 3
            && !IsPlaceholder(text)
            && !Repeats(text, name)
            && !IsSentence(text, name)
            // Its own password is judged apart; under a password's name stands what leads to a store of passwords.
            && ConnectionStringText.Parse(text) is null;
    }

    public static bool IsPlaceholder(string value)
    {
        var text = value.Trim();
        return IsPlainPlaceholder(text) || WellKnownKeys.Has(text) || (Decode(text) is { } decoded && IsPlainPlaceholder(decoded));
    }

    /// <summary>
    /// Whether it was made at random, as keys and tokens are: digits among letters again and again, and hardly a character more often than
    /// others. Words, ids with dashes, dates and versions are not.
    /// </summary>
    internal static bool IsRandom(string value)
    {
        var text = value.Trim();
        if (text.Length is < ShortestRandom or > LongestKey || IsId(text))
            return false;

        var (digits, turns, last) = (0, 0, '\0');
        var counts = new Dictionary<char, int>();
        foreach (var c in text)
        {
            if (c > 126 || c <= ' ' || "{}<>[]()\\\"'|,;?&".IndexOf(c) >= 0)
                return false;

            counts[c] = (counts.TryGetValue(c, out var count) ? count : 0) + 1;
            var kind =
                char.IsDigit(c) ? 'd'
                : char.IsUpper(c) ? 'u'
                : char.IsLower(c) ? 'l'
                : '-';
            digits += kind == 'd' ? 1 : 0;
            turns += last != '\0' && kind != '-' && last != '-' && kind != last ? 1 : 0;
            last = kind;
        }

        var entropy = -counts.Values.Sum(count => (double)count / text.Length * Math.Log((double)count / text.Length, 2));
        return digits >= 3 && turns >= 5 && entropy >= 3 && text.IndexOf("://", StringComparison.Ordinal) < 0;
    }

    /// <summary>Whether it reads as a password or key even before anybody asks for its name.</summary>
    public static bool IsStrong(string text) =>
        text.Length >= 8
        && text.Any(char.IsDigit)
        && (text.IndexOfAny(['!', '@', '#', '$', '%', '^', '&', '*']) >= 0 || (text.Any(char.IsUpper) && text.Any(char.IsLower)));

    /// <summary>The text that is written in Base64; <see langword="null"/> when it is none that people could read.</summary>
    internal static string? Decode(string text)
    {
        if (
            text.Length is < 8 or > LongestDecoded
            || text.Length % 4 != 0
            || !text.All(static c => char.IsLetterOrDigit(c) || c is '+' or '/' or '=')
        )
            return null;

        try
        {
            var bytes = Convert.FromBase64String(text);
            return Array.TrueForAll(bytes, static b => b is >= 32 and < 127) ? Encoding.ASCII.GetString(bytes) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsPlainPlaceholder(string text) =>
        text.Length == 0
        || Placeholders.Is(text)
        || s_plain.Contains(text)
        || s_variable.IsMatch(text)
        || HasPlaceholderWord(text)
        || s_notSecret.IsMatch(text)
        || (text[0] == '<' && text[text.Length - 1] == '>');

    private static bool HasPlaceholderWord(string text) => NameWords.Of(text).Any(s_placeholderWords.Contains);

    // "SmtpPassword", "reset-password-2": the name of where the secret is, or of what the name is about.
    private static bool Repeats(string text, string name)
    {
        if (name.Length < 4)
            return false;

        var (bare, own) = (Bare(text), Bare(name));
        if (text.All(static c => char.IsLetter(c) || c is '-' or '_' or ':' or '.'))
            return own.Length >= 6 && bare.EndsWith(own, StringComparison.OrdinalIgnoreCase);

        // As a slug it is written in small letters throughout.
        return own.Length >= 6
            && text.All(static c => char.IsLower(c) || char.IsDigit(c) || c is '-' or '_' or ':' or '.' or '/')
            && text.IndexOfAny(['-', '_', '.', '/']) > 0
            && bare.IndexOf(own, StringComparison.OrdinalIgnoreCase) >= 0;
    }

    // f3a91c7b-e04d-4e52-a6b8-c9d0e1f2a3b4
    private static bool IsId(string text) => text.Length == 36 && text[8] == '-' && Guid.TryParse(text, out _);

    private static bool IsPin(string key) => key.EndsWith("pin", StringComparison.OrdinalIgnoreCase);

    private static bool IsNumber(string value) => value.Length is >= 4 and <= 12 && value.All(char.IsDigit);

    // "Please choose a password" is a message; a sentence as a signing key is a key.
    private static bool IsSentence(string text, string name) =>
        text.Count(static c => c == ' ') >= 2
        && !name.EndsWith("Key", StringComparison.OrdinalIgnoreCase)
        && !name.EndsWith("Secret", StringComparison.OrdinalIgnoreCase);

    private static string Bare(string text) => new([.. text.Where(char.IsLetterOrDigit)]);
}
