using System;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Secrecy;

/// <summary>Texts that stand for something that is put in later.</summary>
internal static class Placeholders
{
    private static readonly Regex s_token = new(
        @"^__.+__$|^%[^%]+%$|^<[^<>]+>$|^\[[^\[\]]+\]$|^\{[^{}]+\}$|^@Microsoft\.KeyVault\(|^@@|^secret://|^\$[A-Z_][A-Z0-9_]*$|^#\(",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    private static readonly (string Begin, char End)[] s_holes = [("${", '}'), ("$(", ')'), ("#{", '}')];

    private static readonly char[] s_marks = ['$', '#', '{', '%', '<', '[', '@', '_', ':'];

    /// <summary>Whether deployment puts something else in its place.</summary>
    public static bool Is(string text) => text.IndexOfAny(s_marks) >= 0 && (HasHole(text) || s_token.IsMatch(text.Trim()));

    // Not by an expression: from each of many beginnings it would look for an end that there isn't.
    private static bool HasHole(string text)
    {
        foreach (var (begin, end) in s_holes)
        {
            if (text.IndexOf(begin, StringComparison.Ordinal) is >= 0 and var at && text.IndexOf(end, at + begin.Length) >= 0)
            {
                return true;
            }
        }

        for (var at = text.IndexOf("{{", StringComparison.Ordinal); at >= 0; )
        {
            var close = text.IndexOf('}', at + 2);
            if (close < 0 || close == text.Length - 1)
            {
                return false;
            }

            if (text[close + 1] == '}')
            {
                return true;
            }

            at = text.IndexOf("{{", close, StringComparison.Ordinal);
        }

        return false;
    }
}
