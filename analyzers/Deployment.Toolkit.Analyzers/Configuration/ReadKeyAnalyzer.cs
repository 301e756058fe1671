using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1005: a key that code reads and no file has, while a file has nearly that one and nobody reads it.</summary>
public sealed class ReadKeyAnalyzer : SettingsRule
{
    internal const string Id = "DTK1005";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A key that code reads is in no file",
        "Key '{0}' is in no settings file; they have '{1}', which nothing reads",
        Rules.Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Reading a key that is not there gives null or the default, and nothing says so.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    private static readonly ConditionalWeakTable<SettingsModel, Dictionary<string, (string Path, SettingsSet Set)>> s_near = new();

    internal override DiagnosticDescriptor Rule => Descriptor;

    // A library's read has no place in this code: it is said where the key stands that was meant.
    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    ) =>
        from near in s_near.GetValue(model, Near)
        where near.Value.Set == set && model.Schema.IsReadInLibraries(near.Key)
        let found = file.Root.Find(near.Value.Path)
        where found?.Property is not null
        select new Finding(Descriptor, file, found.KeySpan, found.Path, [near.Key, near.Value.Path]);

    internal override Action<SemanticModelAnalysisContext, IEnumerable<SyntaxNode>>? InCode(SettingsModel model)
    {
        var near = s_near.GetValue(model, Near);
        return near.Count == 0 ? null : (context, candidates) => AnalyzeCode(context, candidates, model, near);
    }

    private static Dictionary<string, (string Path, SettingsSet Set)> Near(SettingsModel model)
    {
        var near = new Dictionary<string, (string Path, SettingsSet Set)>(StringComparer.OrdinalIgnoreCase);
        foreach (var key in model.Schema.Keys)
        {
            // In several folders each may belong to another program.
            if (
                model.Sets.Select(s => (Path: Near(key.Path, s, model.Schema), Set: s)).FirstOrDefault(p => p.Path is not null)
                    is { Path: { } path } found
                && model.Sets.All(s => s.Files.All(f => f.Root.Find(key.Path) is null))
            )
            {
                near[key.Path] = (path, found.Set);
            }
        }

        return near;
    }

    private static void AnalyzeCode(
        SemanticModelAnalysisContext context,
        IEnumerable<SyntaxNode> candidates,
        SettingsModel model,
        Dictionary<string, (string Path, SettingsSet Set)> near
    )
    {
        foreach (var node in candidates)
        {
            foreach (var use in UseReader.Read(node, context.SemanticModel, model.Api, context.CancellationToken))
            {
                var path = use.Kind is UseKind.Key or UseKind.Call ? near.Keys.FirstOrDefault(p => UsePattern.Matches(use, p)) : null;
                if (path is not null && IsReader(node, use))
                {
                    Report(context, node, path, near[path].Path, near[path].Set);
                    break;
                }
            }
        }
    }

    // GetSection(…) also tells what its variables do later; those reads stand elsewhere.
    private static bool IsReader(SyntaxNode node, ConfigurationUse use) =>
        node is not InvocationExpressionSyntax { Expression: var called }
        || UseCandidates.CalledName(called) is not ("GetSection" or "GetRequiredSection")
        || node.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value" } && use.Type is not null;

    private static void Report(SemanticModelAnalysisContext context, SyntaxNode node, string path, string near, SettingsSet set)
    {
        var places = set
            .Files.Select(f => (File: f, Setting: f.Root.Find(near)))
            .Where(p => p.Setting is not null)
            .Select(p => p.File.Locate(p.Setting!.KeySpan));
        var expression = CodePlaces.Key(node, Leaf(path), context.SemanticModel);
        var properties = IsSameSection(path, near)
            ? CodePlaces.Suggest(Leaf(path), Leaf(near))
            : ImmutableDictionary<string, string?>.Empty.Add(CodePlaces.Wrong, path).Add(Rules.Suggestion, near);
        context.ReportDiagnostic(Diagnostic.Create(Descriptor, expression, places, properties, path, near));
    }

    private static string? Near(string path, SettingsSet set, ConfigurationSchema schema)
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

        return Sibling(names, set, schema) ?? Elsewhere(path, names, set, schema);
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
            && !IsSameSection(path, same[0])
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

    private static bool IsSameSection(string path, string other) =>
        path.Length - Leaf(path).Length == other.Length - Leaf(other).Length
        && path.StartsWith(other.Substring(0, other.Length - Leaf(other).Length), StringComparison.OrdinalIgnoreCase);

    private static string Leaf(string path) => path.Substring(path.LastIndexOf(':') + 1);
}
