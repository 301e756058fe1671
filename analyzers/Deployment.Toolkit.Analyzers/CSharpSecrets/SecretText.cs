using System;
using System.Linq;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Tells by its value whether a text of code can be a secret, or must be one. Code is full of texts that speak of secrets, so that more has
/// to speak for it than in a settings file.
/// </summary>
internal static class SecretText
{
    // Nobody's password or key is as long; what is, is data.
    private const int Longest = 4096;

    // No pattern has a limit of time: each is linear, and one that ran out on a busy machine would end the rule for the whole build.
    private static readonly Regex s_placeholder = Pattern(
        "your|chang|replac|placeholder|example|sample|dummy|insert|todo|redact|hidden|x{4,}|\\*{3,}|\\.{3}|#{3,}|here$|^enter|^put|^set|^fake|^mock|^none$|^test|"
            + "not-?used|unused|secret://|^n/a$|lorem"
    );

    private static readonly string[] s_words = ["password", "passwd", "passphrase", "secret", "key", "token", "credential"];

    // The head of a key alone is what code looks for in a file.
    private static readonly Regex s_keyText = Exact("PRIVATE KEY-----\\s*[A-Za-z0-9+/=\\s]{64,}");

    private static readonly Regex s_identifier = new("^[A-Za-z][A-Za-z0-9]*([-_:./][A-Za-z0-9]+)*$", RegexOptions.CultureInvariant);

    private static readonly Regex s_variable = new("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$", RegexOptions.CultureInvariant);

    private static readonly Regex s_file = Pattern("^[~./]|\\.(json|pem|pfx|p12|key|txt|xml|cer|crt|cs|html?|aspx?|ini|ya?ml)$");

    private static readonly Regex s_hash = new(
        "^(\\$2[aby]\\$|\\$argon2|AQAAAA|sha\\d+[-:]|\\{SHA)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    );

    /// <summary>
    /// Whether a text under a secret's name is one: neither a placeholder nor a name, key, header, path, format or message.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="name">Under which it is kept; <see langword="null"/> when nobody knows.</param>
    public static bool IsPlausible(string text, string? name)
    {
        if (
            text.Length is < 6 or > Longest
            || text.Any(char.IsWhiteSpace)
            || text.IndexOfAny(['{', '}', '<', '>', '[', ']', '\\', '"']) >= 0
            || IsPlaceholder(text)
            || s_hash.IsMatch(text)
            || !SecretValues.IsPlausible(text, name ?? "")
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
        if (s_identifier.IsMatch(text) && digits <= 1 && (SpeaksOf(text) || text.Length < 20 || !IsMixed(text)))
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

    public static bool IsPlaceholder(string text) => s_placeholder.IsMatch(text) || text.Distinct().Count() <= 3;

    /// <summary>What a text is by its form alone; <see langword="null"/> when that says nothing.</summary>
    public static string? Format(string text) =>
        SecretForms.Find(text) is not { } form ? null
        : text.IndexOf("PRIVATE KEY-----", StringComparison.Ordinal) < 0 || s_keyText.IsMatch(text) ? form.What
        : null;

    /// <summary>Whether it may be of a secret's form once its holes are filled: it has the form's mark, or what may follow one.</summary>
    public static bool MayGetForm(string written)
    {
        if (SecretForms.HasMark(written))
        {
            return true;
        }

        var rest = written.Replace(InterpolatedText.Hole, "");
        return rest.Length >= 16 && rest.Any(char.IsDigit) && !rest.Any(char.IsWhiteSpace);
    }

    // As a name, a header or a message does.
    private static bool SpeaksOf(string text) => s_words.Any(word => text.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0);

    private static bool IsMixed(string text) => text.Any(char.IsUpper) && text.Any(char.IsLower) && text.Distinct().Count() >= 12;

    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static Regex Exact(string pattern) => new(pattern, RegexOptions.CultureInvariant);
}
