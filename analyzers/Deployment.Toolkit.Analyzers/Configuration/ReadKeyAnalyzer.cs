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

/// <summary>
/// DTK1005: a key that code reads and no file has, while a file or the type that the section is bound to has nearly that one.
/// </summary>
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

    private static readonly DiagnosticDescriptor s_member = new(
        Id,
        "A key that code reads is in no file",
        "Key '{0}' is in no settings file, and '{2}', to which its section is bound, has no such property: it has '{1}'",
        Rules.Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Reading a key that is not there gives null or the default, and nothing says so.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    private static readonly ConditionalWeakTable<SettingsModel, Dictionary<string, NearKey>> s_near = new();

    internal override DiagnosticDescriptor Rule => Descriptor;

    // A library's read has no place in this code: it is said where the key stands that was meant.
    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    ) =>
        from near in s_near.GetValue(model, NearKeys.Of)
        where near.Value.Type is null && near.Value.Set == set && model.Schema.IsReadInLibraries(near.Key)
        let found = file.Root.Find(near.Value.Path)
        where found?.Property is not null
        select new Finding(Descriptor, file, found.KeySpan, found.Path, [near.Key, near.Value.Path]);

    internal override Action<SemanticModelAnalysisContext, IEnumerable<SyntaxNode>>? InCode(SettingsModel model)
    {
        var near = s_near.GetValue(model, NearKeys.Of);
        return near.Count == 0 ? null : (context, candidates) => AnalyzeCode(context, candidates, model, near);
    }

    private static void AnalyzeCode(
        SemanticModelAnalysisContext context,
        IEnumerable<SyntaxNode> candidates,
        SettingsModel model,
        Dictionary<string, NearKey> near
    )
    {
        foreach (var node in candidates)
        {
            foreach (var use in UseReader.Read(node, context.SemanticModel, model.Api, context.CancellationToken))
            {
                var path = use.Kind is UseKind.Key or UseKind.Call ? near.Keys.FirstOrDefault(p => UsePattern.Matches(use, p)) : null;
                if (path is not null && IsReader(node, use))
                {
                    Report(context, node, path, near[path]);
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

    private static void Report(SemanticModelAnalysisContext context, SyntaxNode node, string path, NearKey meant)
    {
        var near = meant.Path;
        var places = meant
            .Set.Files.Select(f => (File: f, Setting: f.Root.Find(near)))
            .Where(p => p.Setting is not null)
            .Select(p => p.File.Locate(p.Setting!.KeySpan));
        var expression = CodePlaces.Key(node, Leaf(path), context.SemanticModel);
        var properties = IsSameSection(path, near)
            ? CodePlaces.Suggest(Leaf(path), Leaf(near))
            : ImmutableDictionary<string, string?>.Empty.Add(CodePlaces.Wrong, path).Add(Rules.Suggestion, near);
        context.ReportDiagnostic(
            meant.Type is { } type
                ? Diagnostic.Create(s_member, expression, places, properties, path, near, type)
                : Diagnostic.Create(Descriptor, expression, places, properties, path, near)
        );
    }

    internal static bool IsSameSection(string path, string other) =>
        path.Length - Leaf(path).Length == other.Length - Leaf(other).Length
        && path.StartsWith(other.Substring(0, other.Length - Leaf(other).Length), StringComparison.OrdinalIgnoreCase);

    internal static string Leaf(string path) => path.Substring(path.LastIndexOf(':') + 1);
}
