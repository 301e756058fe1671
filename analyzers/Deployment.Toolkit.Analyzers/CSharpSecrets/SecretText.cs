using System;
using System.Linq;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Tells by its value whether a text can be a secret, or must be one.</summary>
internal static partial class SecretText
{
    // Nobody's password or key is as long; what is, is data.
    private const int Longest = 4096;

    // No pattern has a limit of time: each is linear, and one that ran out on a busy machine would end the rule for the whole build.
    private static readonly Regex s_placeholder = Pattern(
        "your|chang|replac|placeholder|example|sample|dummy|insert|todo|redact|hidden|x{4,}|\\*{3,}|\\.{3}|#{3,}|here$|^enter|^put|^set|^fake|^mock|^none$|^test|"
            + "not-?used|unused|secret://|^n/a$|lorem"
    );

    private static readonly Regex s_identifier = new("^[A-Za-z][A-Za-z0-9]*([-_:./][A-Za-z0-9]+)*$", RegexOptions.CultureInvariant);

    private static readonly Regex s_variable = new("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$", RegexOptions.CultureInvariant);

    private static readonly Regex s_file = Pattern("^[~./]|\\.(json|pem|pfx|p12|key|txt|xml|cer|crt|cs|html?|aspx?|ini|ya?ml)$");

    private static readonly Regex s_hash = new(
        "^(\\$2[aby]\\$|\\$argon2|AQAAAA|sha\\d+[-:]|\\{SHA)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    );

    private static readonly Regex s_userInfo = Exact("^[a-z][a-z0-9+.-]*://[^/?#\\s:@]+:([^/?#\\s@{}]+)@([^/?#\\s]+)");

    private static readonly string[] s_defaults =
    [
        "guest",
        "root",
        "admin",
        "postgres",
        "mysql",
        "sa",
        "user",
        "test",
        "password",
        "secret",
        "changeme",
        "minioadmin",
        "redis",
        "rabbitmq",
        "elastic",
        "example",
    ];

    /// <summary>
    /// Whether a text under a secret's name is one: neither a placeholder nor a name, key, header, path, format or message.
    /// </summary>
    public static bool IsPlausible(string text)
    {
        if (
            text.Length is < 6 or > Longest
            || text.Any(char.IsWhiteSpace)
            || text.IndexOfAny(['{', '}', '<', '>', '[', ']', '\\', '"']) >= 0
            || IsPlaceholder(text)
            || s_hash.IsMatch(text)
        )
        {
            return false;
        }

        if (
            text.Contains("://")
            || s_file.IsMatch(text)
            || s_variable.IsMatch(text)
            || text[0] is '@' or ':' or '%' or '$' && text.Skip(1).All(c => char.IsLetter(c) || c is '_' or '%')
        )
        {
            return false;
        }

        var digits = text.Count(char.IsDigit);
        if (s_identifier.IsMatch(text) && digits <= 1 && (SecretIdentifier.SpeaksOf(text) || text.Length < 20 || !IsMixed(text)))
        {
            return false;
        }

        return (digits > 0 && text.Any(char.IsLetter))
            || text.IndexOfAny(['!', '@', '#', '$', '%', '^', '&', '*', '?', '+', '=']) >= 0
            || (text.Length >= 20 && IsMixed(text));
    }

    /// <summary>Whether it is long enough to serve as a key, and neither a path nor a format.</summary>
    public static bool IsKey(string text) =>
        text.Length is >= 16 and <= Longest
        && !text.Any(char.IsWhiteSpace)
        && text.IndexOfAny(['{', '}', '<', '>']) < 0
        && !text.Contains("://")
        && !s_file.IsMatch(text)
        && !s_variable.IsMatch(text);

    /// <summary>Whether it reads as a password or key even before anybody asks for its name.</summary>
    public static bool IsStrong(string text) =>
        text.Length >= 8
        && text.Any(char.IsDigit)
        && (text.IndexOfAny(['!', '@', '#', '$', '%', '^', '&', '*']) >= 0 || (text.Any(char.IsUpper) && text.Any(char.IsLower)));

    public static bool IsPlaceholder(string text) => s_placeholder.IsMatch(text) || text.Distinct().Count() <= 3;

    /// <summary>A password in a connection string or URL: weak ones count too, except those with which every local server starts.</summary>
    public static bool IsPassword(string text) =>
        text.Length is >= 3 and <= Longest
            && !s_defaults.Contains(text, StringComparer.OrdinalIgnoreCase)
            && !IsPlaceholder(text)
            && text.IndexOfAny(['{', '}', '<', '>', '$', '%', '\\', '[']) < 0
        || text.Length >= 8 && IsPlausible(text);

    /// <summary>What holds the password of a connection string or URL; <see langword="null"/> when it has none.</summary>
    public static string? PasswordIn(string text)
    {
        if (
            text.IndexOf("://", StringComparison.Ordinal) > 0
            && s_userInfo.Match(text) is { Success: true } url
            && IsPassword(url.Groups[1].Value)
            && !LocalHost.IsHost(url.Groups[2].Value)
        )
        {
            return text.Substring(0, text.IndexOf("://", StringComparison.Ordinal) + 3);
        }

        if (
            text.IndexOf(';') < 0
            || text.IndexOf('=') < 0
            || ConnectionStringText.Parse(text) is not { } connection
            || text.IndexOf("devstoreaccount1", StringComparison.Ordinal) >= 0
        )
        {
            return null;
        }

        var password = connection["password"] ?? connection["pwd"];
        return
            (password is not null && IsPassword(password))
            || (connection["accountkey"] ?? connection["sharedaccesskey"]) is { Length: >= 20 } key
                && key.IndexOf('{') < 0
                && !IsPlaceholder(key)
            ? password is null
                ? "key"
                : "password"
            : null;
    }

    private static bool IsMixed(string text) => text.Any(char.IsUpper) && text.Any(char.IsLower) && text.Distinct().Count() >= 12;

    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static Regex Exact(string pattern) => new(pattern, RegexOptions.CultureInvariant);
}
