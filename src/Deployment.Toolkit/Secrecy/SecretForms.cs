using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Secrecy;

/// <summary>Tells by its form whether a value is a secret: what well-known services give out as tokens, and private keys.</summary>
internal static class SecretForms
{
    // What a token begins with, or holds: most values have none of it, and the expression costs more to make than all of them to look
    // through.
    private static readonly string[] Beginnings =
    [
        "AKIA",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "xox",
        "k_live_",
        "sk-",
        "AIza",
        "eyJ",
    ];

    private static readonly Lazy<Regex> LazyToken = new(static () =>
        new Regex(
            @"\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|[rs]k_live_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{20,}|AIza[0-9A-Za-z_-]{35}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})",
            RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
        )
    );

    internal static Regex Token => LazyToken.Value;

    /// <summary>Why a value is a secret (a part of a sentence); <see langword="null"/> when its form doesn't say so.</summary>
    internal static string? Match(string value) =>
        value.Contains("-----BEGIN", StringComparison.Ordinal) && value.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
            ? "it holds a private key"
        : Array.Exists(Beginnings, beginning => value.Contains(beginning, StringComparison.Ordinal)) && Token.IsMatch(value)
            ? "it has the form of a well-known service's token"
        : null;
}
