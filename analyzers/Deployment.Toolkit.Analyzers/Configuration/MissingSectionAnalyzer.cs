using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1004: a section that code binds and no file has, while a file has nearly that one and nobody reads it.</summary>
public sealed class MissingSectionAnalyzer : SettingsRule
{
    internal const string Id = "DTK1004";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A bound section is in no file",
        "Section '{0}' is bound to '{1}', but no settings file has it; they have '{2}', which nothing reads",
        Rules.Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Binding a section that is not there gives the type's defaults, and nothing says so.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal override DiagnosticDescriptor Rule => Descriptor;

    // In the file where the type's name speaks for the code's spelling, or where the code is a library's.
    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    ) =>
        from bound in model.Schema.Sections
        where !bound.IsOwn || IsNamedAfter(bound.Type, Leaf(bound.Path))
        let near = Near(bound.Path, set, model.Schema)
        where near is not null
        from found in set.Files.Select(f => f.Root.Find(near)).Where(s => s is not null).Take(1)
        where file.Root.Find(near) == found
        select new Finding(Descriptor, file, found.KeySpan, found.Path, [bound.Path, bound.Type.Name, near])
        {
            Section = bound.Path,
            FixTitle = $"Rename to '{Leaf(bound.Path)}'",
            Edits =
            [
                .. set
                    .Files.Select(f => (f, Setting: f.Root.Find(near)))
                    .Where(p => p.Setting is { Property: not null })
                    .Select(p => JsonWriter.Rename(p.f, p.Setting!, Leaf(bound.Path))),
            ],
        };

    internal override Action<SemanticModelAnalysisContext, IEnumerable<SyntaxNode>>? InCode(SettingsModel model)
    {
        var lacking = (
            from bound in model.Schema.Sections
            where bound.IsOwn && !IsNamedAfter(bound.Type, Leaf(bound.Path))
            from set in model.Sets
            let near = Near(bound.Path, set, model.Schema)
            where near is not null
            select (bound, near, set)
        ).ToList();
        return lacking.Count == 0 ? null : (context, candidates) => AnalyzeCode(context, candidates, model, lacking);
    }

    private static void AnalyzeCode(
        SemanticModelAnalysisContext context,
        IEnumerable<SyntaxNode> candidates,
        SettingsModel model,
        List<(BoundSection Bound, string Near, SettingsSet Set)> lacking
    )
    {
        foreach (var call in candidates.OfType<InvocationExpressionSyntax>())
        {
            var uses = UseReader
                .Read(call, context.SemanticModel, model.Api, context.CancellationToken)
                .Where(u => u.Kind is UseKind.Bind or UseKind.Call)
                .ToList();
            foreach (var (bound, near, set) in lacking)
            {
                if (uses.Any(u => UsePattern.Matches(u, bound.Path)))
                {
                    Report(context, call, bound.Path, bound, near, set);
                }
            }
        }
    }

    private static void Report(
        SemanticModelAnalysisContext context,
        SyntaxNode call,
        string path,
        BoundSection bound,
        string near,
        SettingsSet set
    )
    {
        var places = set
            .Files.Select(f => (File: f, Setting: f.Root.Find(near)))
            .Where(p => p.Setting is not null)
            .Select(p => p.File.Locate(p.Setting!.KeySpan));
        context.ReportDiagnostic(
            Diagnostic.Create(
                Descriptor,
                CodePlaces.Key(call, Leaf(path), context.SemanticModel),
                places,
                CodePlaces.Suggest(Leaf(path), Leaf(near)),
                path,
                bound.Type.Name,
                near
            )
        );
    }

    /// <summary>The section beside it that is nearly it, stands in a file, and is read by nobody.</summary>
    internal static string? Near(string path, SettingsSet set, ConfigurationSchema schema)
    {
        if (path.Length == 0 || !set.IsWhole || set.Files.Any(f => f.Root.Find(path) is not null))
        {
            return null;
        }

        var parent = path.Substring(0, Math.Max(0, path.LastIndexOf(':')));
        var siblings = set
            .Files.SelectMany(f => f.Root.Find(parent)?.Children ?? [])
            .Where(s => s.Children.Count > 0 && !schema.IsAskedFor(s.Path) && !(parent.Length == 0 && KnownSections.MayBeRead(s.Name)))
            .Select(s => s.Name)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        var near =
            Spelling.NearMiss(Leaf(path), siblings) ?? Spelling.Variant(Leaf(path), siblings) ?? Spelling.OneLetter(Leaf(path), siblings);
        return near is null ? null : PathReader.Join(parent, near);
    }

    private static bool IsNamedAfter(ITypeSymbol type, string name) =>
        Spelling.Stem(type.Name).Equals(Spelling.Stem(name), StringComparison.OrdinalIgnoreCase);

    private static string Leaf(string path) => path.Substring(path.LastIndexOf(':') + 1);
}
