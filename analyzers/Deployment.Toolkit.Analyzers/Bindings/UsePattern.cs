using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Finds, for one use in code, the sections and keys that it comes to once all callers are known.</summary>
internal static class UsePattern
{
    private static readonly Regex s_placeholder = new(
        $"{Placeholder.Start}[^{Placeholder.End}]*{Placeholder.End}",
        RegexOptions.CultureInvariant
    );

    /// <summary>Whether the use, or the call that passes the section on, is of the path.</summary>
    public static bool Matches(ConfigurationUse use, string path) =>
        use.Kind == UseKind.Call
            ? path.Length > 0 && Given(use).Any(text => string.Equals(text, path, StringComparison.OrdinalIgnoreCase))
            : MatchesPath(use.Path, path);

    private static bool MatchesPath(string symbolic, string path)
    {
        var pattern = s_placeholder.Replace(symbolic, "*");

        // A method that binds whatever it is given binds everything and nothing: its callers are the ones to tell.
        if (pattern.Trim('*', ':').Length == 0)
        {
            return symbolic.Length == 0 && path.Length == 0;
        }

        return RuleOptions.Matches(pattern, path)
            || (pattern.StartsWith("*:", StringComparison.Ordinal) && RuleOptions.Matches(pattern.Substring(2), path));
    }

    private static IEnumerable<string> Given(ConfigurationUse call) =>
        call.Arguments.Select(a => a.Substring(a.IndexOf(Placeholder.End) + 2)).Select(a => s_placeholder.Replace(a, "").TrimStart(':'));
}
