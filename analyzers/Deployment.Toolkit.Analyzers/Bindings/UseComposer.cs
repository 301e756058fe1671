using System;
using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Puts the callers' sections, keys and types in the places that a method left open, through as many calls as there are. A configuration
/// that no caller gives (a constructor's, by injection) is the root.
/// </summary>
internal static class UseComposer
{
    // A recursive method that goes one section deeper with each call would never end.
    private const int MaxUses = 20_000;
    private const int MaxPath = 400;

    // A placeholder holds its method's id, whose length says nothing of how deep the path is.
    private const int PlaceholderLength = 40;

    public static IEnumerable<CollectedUse> Compose(IEnumerable<CollectedUse> uses)
    {
        var all = uses.Distinct().ToList();
        var calls = all.Where(u => u.Use.Kind == UseKind.Call).ToLookup(u => u.Use.Path);
        var seen = new HashSet<CollectedUse>();
        var open = new Queue<CollectedUse>(all.Where(u => u.Use.Kind != UseKind.Call));
        while (open.Count > 0 && seen.Count < MaxUses)
        {
            var collected = open.Dequeue();
            var (use, isOwn) = collected;
            if (IsEndless(use.Path) || !seen.Add(collected))
            {
                continue;
            }

            var method = Placeholder.Method(use.Path) ?? Placeholder.Method(use.Type);
            if (method is null)
            {
                yield return collected;
                continue;
            }

            var isGiven = false;
            foreach (var (call, isOwnCall) in calls[method])
            {
                if (Substitute(use, call) is { } given)
                {
                    isGiven = true;
                    open.Enqueue(new CollectedUse(given, isOwn || isOwnCall));
                }
            }

            if (!isGiven)
            {
                open.Enqueue(collected with { Use = AtRoot(use) ?? Unknown(use) });
            }
        }
    }

    private static bool IsEndless(string path)
    {
        if (path.Length <= MaxPath)
        {
            return false;
        }

        var (length, at) = (0, 0);
        while (at < path.Length)
        {
            var start = path.IndexOf(Placeholder.Start, at);
            var end = start < 0 ? -1 : path.IndexOf(Placeholder.End, start);
            length += (end < 0 ? path.Length : start) - at + (end < 0 ? 0 : PlaceholderLength);
            at = end < 0 ? path.Length : end + 1;
        }

        return length > MaxPath;
    }

    // A text that nobody is seen to give: all below what stands in front of it may be meant.
    private static ConfigurationUse Unknown(ConfigurationUse use)
    {
        var start = use.Path.IndexOf(Placeholder.Start);
        var section = start < 0 ? use.Path : use.Path.Substring(0, Math.Max(0, use.Path.LastIndexOf(':', start)));
        return section.Length == 0 ? new ConfigurationUse(UseKind.Unknown, "") : new ConfigurationUse(UseKind.Open, section);
    }

    private static ConfigurationUse? Substitute(ConfigurationUse use, ConfigurationUse call)
    {
        var (path, type) = (use.Path, use.Type);
        foreach (var argument in call.Arguments)
        {
            var end = argument.IndexOf(Placeholder.End);
            var (placeholder, value) = (argument.Substring(0, end + 1), argument.Substring(end + 2));
            path = path.Replace(placeholder, value);
            type = type?.Replace(placeholder, value);
        }

        // The root in front of a key leaves its colon behind.
        path = path.Replace("::", ":").Trim(':');
        return path == use.Path && type == use.Type ? null : use with { Path = path, Type = type };
    }

    // Only a configuration can stand alone at the beginning; what a text or type is, only callers know.
    private static ConfigurationUse? AtRoot(ConfigurationUse use)
    {
        if (use.Path.Length == 0 || use.Path[0] != Placeholder.Start)
        {
            return null;
        }

        var end = use.Path.IndexOf(Placeholder.End);
        return Placeholder.MayBeRoot(use.Path.Substring(0, end + 1)) && (end == use.Path.Length - 1 || use.Path[end + 1] == ':')
            ? use with
            {
                Path = use.Path.Substring(end + 1).TrimStart(':'),
            }
            : null;
    }
}
