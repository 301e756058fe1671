using System;
using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <param name="Path">The key that was meant.</param>
/// <param name="Set">The files that were looked through.</param>
/// <param name="Type">Whose member it is; <see langword="null"/> when it is a key of a file, which nothing reads.</param>
internal sealed record NearKey(string Path, SettingsSet Set, string? Type);

/// <summary>The keys that code reads and no file has, with the key of a file or the member of a bound type that was meant.</summary>
internal static class NearKeys
{
    public static Dictionary<string, NearKey> Of(SettingsModel model)
    {
        var near = new Dictionary<string, NearKey>(StringComparer.OrdinalIgnoreCase);
        foreach (var key in model.Schema.Keys)
        {
            // In several folders each may belong to another program.
            if (
                model.Sets.Select(s => Near(key.Path, s, model.Schema)).FirstOrDefault(n => n is not null) is { } found
                && model.Sets.All(s => s.Files.All(f => f.Root.Find(key.Path) is null))
            )
            {
                near[key.Path] = found;
            }
        }

        return near;
    }

    private static NearKey? Near(string path, SettingsSet set, ConfigurationSchema schema)
    {
        // "ASPNETCORE_URLS" and the like are the environment's.
        if (
            !set.IsWhole
            || path.IndexOf('_') >= 0
            || path.IndexOf(Placeholder.Start) >= 0
            || set.Files.Any(f => f.Root.Find(path) is not null)
        )
        {
            return null;
        }

        var names = path.Split(':');
        if (KnownSections.IsFramework(names[0], names.Length > 1) && names[0] is not "ConnectionStrings")
        {
            return null;
        }

        if ((Sibling(names, set, schema) ?? Elsewhere(path, names, set, schema)) is { } written)
        {
            return new NearKey(written, set, null);
        }

        return Member(names, schema) is var (member, type) ? new NearKey(member, set, type) : null;
    }

    // "Smtp:Prot", where section "Smtp" is bound to a type that has "Port" and no "Prot".
    private static (string Path, string Type)? Member(string[] names, ConfigurationSchema schema)
    {
        var section = string.Join(":", names.Take(names.Length - 1));
        var leaf = names[names.Length - 1];
        var owners = section.Length == 0 ? [] : schema.BoundAt(section).ToList();
        var shapes = owners.Select(o => schema.ShapeOf(o.Type)).ToList();
        if (shapes.Count == 0 || shapes.Any(s => s.Kind != ShapeKind.Object || s.Find(leaf) is not null))
        {
            return null;
        }

        var members = shapes.SelectMany(s => s.Members).Select(m => m.Name).ToList();
        return (Spelling.NearMiss(leaf, members) ?? Spelling.OneLetter(leaf, members)) is { } meant
            ? (PathReader.Join(section, meant), owners[0].Type.Name)
            : null;
    }

    // Each part may be a slip, but just one of them is.
    private static string? Sibling(string[] names, SettingsSet set, ConfigurationSchema schema)
    {
        for (var i = 0; i < names.Length; i++)
        {
            var parent = string.Join(":", names.Take(i));
            var siblings = set
                .Files.SelectMany(f => f.Root.Find(parent)?.Children ?? [])
                .Select(c => c.Name)
                .Where(n => !n.Equals(names[i], StringComparison.OrdinalIgnoreCase))
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .ToList();
            var isLeaf = i == names.Length - 1;
            var meant =
                Spelling.NearMiss(names[i], siblings)
                ?? (
                    !isLeaf ? Spelling.Variant(names[i], siblings)
                    // Who reads the keys beside it means this section; then one letter is a slip in a short name too.
                    : parent.Length > 0 && siblings.Any(s => schema.IsAskedFor(PathReader.Join(parent, s)))
                        ? Spelling.OneLetter(names[i], siblings)
                    : null
                );
            if (meant is { } near)
            {
                var path = string.Join(":", names.Take(i).Append(near).Concat(names.Skip(i + 1)));
                if (set.Files.Any(f => f.Root.Find(path) is { IsScalar: true }) && !schema.IsAskedFor(path) && !schema.IsOpen(path))
                {
                    return path;
                }
            }
        }

        return null;
    }

    private static string? Elsewhere(string path, string[] names, SettingsSet set, ConfigurationSchema schema)
    {
        var leaf = names[names.Length - 1];
        if (leaf.Length < 6)
        {
            return null;
        }

        var same = set
            .Files.SelectMany(f => f.Root.Descendants())
            .Where(s => s.IsScalar && s.Name.Equals(leaf, StringComparison.OrdinalIgnoreCase))
            .Select(s => s.Path)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Take(2)
            .ToList();
        return
            same.Count == 1
            && !schema.IsAskedFor(same[0])
            && !schema.IsOpen(same[0])
            && !IsBound(same[0], schema)
            && !KnownSections.IsFramework(same[0])
            && !ReadKeyAnalyzer.IsSameSection(path, same[0])
            ? same[0]
            : null;
    }

    // What is bound to the root has its own members alone.
    private static bool IsBound(string path, ConfigurationSchema schema) =>
        schema.Sections.Any(s =>
            s.Path.Length > 0
                ? path.StartsWith(s.Path + ":", StringComparison.OrdinalIgnoreCase)
                : schema.ShapeOf(s.Type) is var root && (root.Kind != ShapeKind.Object || root.Find(path.Split(':')[0]) is not null)
        );
}
