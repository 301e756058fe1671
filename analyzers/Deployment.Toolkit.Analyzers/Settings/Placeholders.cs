using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Texts that stand for something that is put in later.</summary>
internal static class Placeholders
{
    private static readonly Regex s_token = new(
        @"\$\{[^}]*\}|\$\([^)]*\)|#\{[^}]*\}#?|\{\{[^}]*\}\}|^__.+__$|^%[^%]+%$|^<[^<>]+>$|^\[[^\[\]]+\]$|^\{[^{}]+\}$|^@Microsoft\.KeyVault\(|^@@|^secret://|^\$[A-Z_][A-Z0-9_]*$|^#\(",
        RegexOptions.CultureInvariant);

    private static readonly char[] s_marks = ['$', '#', '{', '%', '<', '[', '@', '_', ':'];

    /// <summary>Whether deployment puts something else in its place.</summary>
    public static bool Is(string text) => text.IndexOfAny(s_marks) >= 0 && s_token.IsMatch(text.Trim());
}
