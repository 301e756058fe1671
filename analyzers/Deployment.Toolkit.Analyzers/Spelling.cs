using System;
using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Finds the name that someone meant; letters compare without case.</summary>
internal static class Spelling
{
    private static readonly string[] s_suffixes = ["Settings", "Setting", "Options", "Option", "Configuration", "Config", "s"];

    /// <summary>
    /// The name that <paramref name="text"/> is a slip of, or <see langword="null"/>: a name of its own must never be taken for a slip.
    /// </summary>
    public static string? NearMiss(string text, IEnumerable<string> names)
    {
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var name in names)
        {
            if (IsVariant(text, name))
            {
                continue;
            }

            var distance = Distance(text, name);
            if (distance > 0 && distance <= Tolerance(name) && distance < bestDistance)
            {
                (best, bestDistance) = (name, distance);
            }
        }

        return best;
    }

    /// <summary>As <see cref="NearMiss"/>, and an abbreviation too; for a text that is known to be wrong.</summary>
    public static string? Suggest(string text, IReadOnlyCollection<string> names)
    {
        if (NearMiss(text, names) is { } near)
        {
            return near;
        }

        var longer = names.Where(name => text.Length >= 2 && name.StartsWith(text, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return longer.Count == 1 ? longer[0] : null;
    }

    /// <summary>As <see cref="Suggest"/>, and a letter too many at either end: for keys, of which a type has no second kind.</summary>
    public static string? Closest(string text, IReadOnlyCollection<string> names) => Suggest(text, names) ?? OneLetter(text, names);

    /// <summary>
    /// The name that is one letter more or less: <c>Jwtt</c>. Names of their own differ so too, and something else has to speak for a slip.
    /// </summary>
    public static string? OneLetter(string text, IEnumerable<string> names) =>
        names
            .Where(name => Math.Abs(name.Length - text.Length) == 1 && Math.Max(name.Length, text.Length) > 3 && HasSameDigits(text, name))
            .FirstOrDefault(name => Distance(text, name) == 1);

    /// <summary>The one name that is called so with or without "Settings", "Options" and the like.</summary>
    public static string? Variant(string text, IEnumerable<string> names)
    {
        var near = names.Where(name => Stem(name).Equals(Stem(text), StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return near.Count == 1 ? near[0] : null;
    }

    /// <summary>"Smtp" of "SmtpSettings", "Email" of "Emails".</summary>
    public static string Stem(string name)
    {
        foreach (var suffix in s_suffixes)
        {
            if (name.Length > suffix.Length + 2 && name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                return name.Substring(0, name.Length - suffix.Length);
            }
        }

        return name;
    }

    // "StagingEU" beside "Staging" and "Node2" beside "Node1" are how people name a second place, not how they mistype the first.
    private static bool IsVariant(string text, string name) =>
        text.StartsWith(name, StringComparison.OrdinalIgnoreCase)
        || text.EndsWith(name, StringComparison.OrdinalIgnoreCase)
        || !HasSameDigits(text, name);

    private static bool HasSameDigits(string text, string name) => text.Where(char.IsDigit).SequenceEqual(name.Where(char.IsDigit));

    // In a short name ("QA", "UAT") one letter makes another name.
    private static int Tolerance(string name) =>
        name.Length switch
        {
            < 4 => 0,
            < 7 => 1,
            _ => 2,
        };

    // Optimal string alignment: Levenshtein's distance in which two swapped neighbours count once.
    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > 2)
        {
            return int.MaxValue;
        }

        var (beforePrevious, previous, current) = (new int[right.Length + 1], new int[right.Length + 1], new int[right.Length + 1]);
        for (var j = 0; j <= right.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = Same(left[i - 1], right[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1] + 1, previous[j] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                {
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
                }
            }

            (beforePrevious, previous, current) = (previous, current, beforePrevious);
        }

        return previous[right.Length];
    }

    // Not the current culture's: in tr-TR 'i' is no small 'I'.
    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
