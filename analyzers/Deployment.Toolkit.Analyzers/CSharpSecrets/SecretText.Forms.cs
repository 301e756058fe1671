using System;
using System.Linq;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Secrets that are known by their form alone.</summary>
internal static partial class SecretText
{
    // An AWS access key.
    private const int ShortestForm = 20;

    private static readonly (string Mark, Regex Pattern, string What)[] s_formats =
    [
        ("AKIA", Exact("\\bAKIA[0-9A-Z]{16}\\b"), "an AWS access key"),
        ("ghp_", Exact("\\bgh[pousr]_[A-Za-z0-9]{36}"), "a GitHub token"),
        ("github_pat_", Exact("\\bgithub_pat_[A-Za-z0-9_]{40,}"), "a GitHub token"),
        ("glpat-", Exact("\\bglpat-[A-Za-z0-9_-]{20}"), "a GitLab token"),
        ("xox", Exact("\\bxox[abprs]-[A-Za-z0-9-]{20,}"), "a Slack token"),
        ("sk_live_", Exact("\\b[sr]k_live_[A-Za-z0-9]{16,}"), "a Stripe key"),
        ("sk-", Exact("\\bsk-[A-Za-z0-9_-]{32,}"), "an OpenAI key"),
        ("SG.", Exact("\\bSG\\.[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{40,}"), "a SendGrid key"),
        ("PRIVATE KEY-----", Exact("-----BEGIN [A-Z ]*PRIVATE KEY-----\\s*[A-Za-z0-9+/=\\s]{64,}"), "a private key"),
        (
            "hooks.slack.com/services/",
            Exact("hooks\\.slack\\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,}"),
            "a Slack webhook"
        ),
        ("eyJ", Exact("(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{20,}"), "a token"),
        ("sig=", Exact("[?&]sig=[A-Za-z0-9%+/]{30,}"), "a shared access signature"),
    ];

    /// <summary>Whether it may be of a secret's form once its holes are filled: it has the form's mark, or what may follow one.</summary>
    public static bool MayGetForm(string written)
    {
        if (s_formats.Any(f => written.IndexOf(f.Mark, StringComparison.Ordinal) >= 0))
        {
            return true;
        }

        var rest = written.Replace(InterpolatedText.Hole, "");
        return rest.Length >= 16 && rest.Any(char.IsDigit) && !rest.Any(char.IsWhiteSpace);
    }

    /// <summary>What a text is by its form alone; <see langword="null"/> when that says nothing.</summary>
    public static string? Format(string text)
    {
        if (text.Length < ShortestForm)
        {
            return null;
        }

        foreach (var (mark, pattern, what) in s_formats)
        {
            if (
                text.IndexOf(mark, StringComparison.Ordinal) >= 0
                && pattern.IsMatch(text)
                && text.IndexOf("EXAMPLE", StringComparison.OrdinalIgnoreCase) < 0
            )
            {
                return what;
            }
        }

        return null;
    }
}
