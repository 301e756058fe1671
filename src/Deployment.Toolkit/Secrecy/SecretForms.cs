using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Secrecy;

/// <summary>Tells by its form whether a value is a secret: what well-known services give out as tokens, and private keys.</summary>
internal static class SecretForms
{
    internal static readonly Regex Token = new(
        @"\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|[rs]k_live_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{20,}|AIza[0-9A-Za-z_-]{35}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>Why a value is a secret (a part of a sentence); <see langword="null"/> when its form doesn't say so.</summary>
    internal static string? Match(string value) =>
        value.Contains("-----BEGIN", StringComparison.Ordinal) && value.Contains("PRIVATE KEY-----", StringComparison.Ordinal) ? "it holds a private key"
        : Token.IsMatch(value) ? "it has the form of a well-known service's token" : null;
}
