using System;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Secrecy;

/// <summary>
/// Tells by its form whether a text is or holds a secret: what well-known services give out, private keys, headers that sign in.
/// </summary>
internal static class SecretForms
{
    // Slack's: "xoxb-" and ten more.
    private const int Shortest = 15;

    // A line that is longer is data, not something that a person wrote a token into.
    internal const int LongestLine = 1024 * 1024;

    // A mark that the text has to have: most have none of them, and an expression costs more to make than all marks to look for.
    private static readonly SecretForm[] Forms =
    [
        new("AKIA", @"(?<![A-Za-z0-9_-])AKIA[0-9A-Z]{16}\b", "an AWS access key"),
        new("gh", @"(?<![A-Za-z0-9_-])gh[pousr]_[A-Za-z0-9]{30,}", "a GitHub token"),
        new("github_pat_", @"(?<![A-Za-z0-9_-])github_pat_[A-Za-z0-9_]{22,}", "a GitHub token"),
        new("glpat-", @"(?<![A-Za-z0-9_-])glpat-[A-Za-z0-9_-]{20,}", "a GitLab token"),
        new("xox", @"(?<![A-Za-z0-9_-])xox[abprs]-[A-Za-z0-9-]{10,}", "a Slack token"),
        new("hooks.slack.com/services/", @"hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,}", "a Slack webhook"),
        new("k_live_", @"(?<![A-Za-z0-9_-])[sr]k_live_[A-Za-z0-9]{16,}", "a Stripe key"),
        new("sk-", @"(?<![A-Za-z0-9_-])sk-(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{20,}", "an OpenAI key"),
        new("AIza", @"(?<![A-Za-z0-9_-])AIza[0-9A-Za-z_-]{35}", "a Google key"),
        new("SG.", @"(?<![A-Za-z0-9_-])SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}", "a SendGrid key"),
        new("npm_", @"(?<![A-Za-z0-9_-])npm_[A-Za-z0-9]{30,}", "an npm token"),
        new(":AA", @"(?<![A-Za-z0-9_-])[0-9]{8,10}:AA[A-Za-z0-9_-]{32,}", "a Telegram token"),
        new("eyJ", @"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}", "a token"),
        new("sig=", @"[?&]sig=[A-Za-z0-9%+/]{30,}", "a shared access signature"),
    ];

    // The key itself is long; a text that only speaks of one ends before.
    private static readonly Regex PrivateKey = Expression(@"-----BEGIN [A-Z ]*PRIVATE KEY-----");

    private static readonly Regex Basic = Expression(@"\bBasic ([A-Za-z0-9+/]{6,}={0,2})$");

    private static readonly Regex Bearer = Expression(@"\bBearer ([A-Za-z0-9._~+/-]{16,}=*)$");

    /// <summary>Why a value is a secret (a part of a sentence); <see langword="null"/> when its form doesn't say so.</summary>
    internal static string? Match(string value) => Find(value) is { } form ? $"it holds {form.What}" : null;

    /// <summary>Whether a text has something of which a form would begin, be it whole or not.</summary>
    internal static bool HasMark(string text) => Has(text, "PRIVATE KEY-----") || Array.Exists(Forms, form => Has(text, form.Mark));

    /// <summary>What a text holds and where; <see langword="null"/> when its form says nothing.</summary>
    internal static FoundForm? Find(string text)
    {
        if (text.Length < Shortest)
            return null;

        if (Has(text, "PRIVATE KEY-----") && PrivateKey.Match(text) is { Success: true } key)
            return new FoundForm("a private key", key.Index);

        foreach (var form in Forms)
        {
            if (Has(text, form.Mark) && form.Expression.Match(text) is { Success: true } found && !IsSample(found.Value))
                return new FoundForm(form.What, found.Index);
        }

        return Header(text);
    }

    // "Basic dXNlcjpwYXNzd29yZA==" is a user's name and password to everybody who reads it.
    private static FoundForm? Header(string text)
    {
        if (Has(text, "Basic ") && Basic.Match(text) is { Success: true } basic && IsUserAndPassword(basic.Groups[1].Value))
            return new FoundForm("a user's name and password", basic.Index);
        return
            Has(text, "Bearer ")
            && Bearer.Match(text) is { Success: true } bearer
            && SecretValues.IsRandom(bearer.Groups[1].Value)
            && !IsSample(bearer.Value)
            ? new FoundForm("a bearer token", bearer.Index)
            : null;
    }

    private static bool IsUserAndPassword(string encoded)
    {
        var colon = SecretValues.Decode(encoded)?.IndexOf(':') ?? -1;
        return colon > 0
            && SecretValues.Decode(encoded)!.Substring(colon + 1) is var password
            && password.Length > 0
            && !SecretValues.IsPlaceholder(password);
    }

    private static bool IsSample(string text) => text.IndexOf("EXAMPLE", StringComparison.OrdinalIgnoreCase) >= 0;

    private static bool Has(string text, string mark) => text.IndexOf(mark, StringComparison.Ordinal) >= 0;

    private static Regex Expression(string pattern) => new(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));

    private sealed class SecretForm(string mark, string pattern, string what)
    {
        private Regex? _expression;

        public string Mark => mark;

        public string What => what;

        // Made when a text has the mark.
        public Regex Expression => _expression ??= SecretForms.Expression(pattern);
    }
}

/// <param name="What">The kind of secret, with its article.</param>
/// <param name="Index">Where it begins.</param>
internal sealed record FoundForm(string What, int Index);
