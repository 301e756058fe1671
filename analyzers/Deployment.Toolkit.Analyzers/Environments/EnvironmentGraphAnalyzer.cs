using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK2005: environments that name an undeclared one, lead back to themselves, or are declared twice.</summary>
public sealed class EnvironmentGraphAnalyzer : CodeRule
{
    internal const string Id = "DTK2005";

    private const string Title = "The environment graph does not hold together";
    private const string Description = "An app whose environments do not hold together fails at its start.";

    internal static readonly DiagnosticDescriptor Undeclared = new(
        Id,
        Title,
        "Environment '{0}' {1} '{2}', which is not declared.{3}",
        Rules.Environments,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        Description,
        Rules.HelpLink(Id)
    );

    internal static readonly DiagnosticDescriptor Cycle = new(
        Id,
        Title,
        "Environment '{0}' {1} itself: {2}. Leave one {3} out.",
        Rules.Environments,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        Description,
        Rules.HelpLink(Id)
    );

    internal static readonly DiagnosticDescriptor Duplicate = new(
        Id,
        Title,
        "Environment '{0}' is declared already as '{1}'. Names compare without case: leave one Add out.",
        Rules.Environments,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        Description,
        Rules.HelpLink(Id)
    );

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Undeclared, Cycle, Duplicate];

    internal override void Start(CodeActions code)
    {
        if (EnvironmentApi.Find(code.Compilation) is { } api)
        {
            var declared = new DeclaredEnvironments(code.Compilation, api);
            code.OnCall(c => Analyze(c, api, declared), EnvironmentApi.AddEnvironments);
        }
    }

    private static void Analyze(SyntaxNodeAnalysisContext context, EnvironmentApi api, DeclaredEnvironments declared)
    {
        var invocation = (InvocationExpressionSyntax)context.Node;
        var graph = EnvironmentGraphReader.Read(invocation, context.SemanticModel, api, context.CancellationToken);
        if (graph is not { NamesAreKnown: true, LinksAreKnown: true })
        {
            return;
        }

        ReportDuplicates(context, graph);
        ReportUndeclared(context, graph, declared);
        ReportCycles(context, graph, EnvironmentApi.PromotedFrom);
        ReportCycles(context, graph, EnvironmentApi.InheritsFrom);
    }

    private static void ReportDuplicates(SyntaxNodeAnalysisContext context, EnvironmentGraph graph)
    {
        var seen = new Dictionary<string, DeclaredEnvironment>(StringComparer.OrdinalIgnoreCase);
        foreach (var environment in graph.Environments.Where(e => !e.IsConditional))
        {
            if (seen.TryGetValue(environment.Name, out var first))
            {
                // A warning, not the rule's error: the second one only repeats the first or takes its place.
                context.ReportDiagnostic(
                    Diagnostic.Create(
                        Duplicate,
                        environment.Location,
                        DiagnosticSeverity.Warning,
                        additionalLocations: [first.Location],
                        properties: null,
                        environment.Name,
                        first.Name
                    )
                );
            }
            else
            {
                seen.Add(environment.Name, environment);
            }
        }
    }

    private static void ReportUndeclared(SyntaxNodeAnalysisContext context, EnvironmentGraph graph, DeclaredEnvironments declared)
    {
        var own = new HashSet<string>(graph.Environments.Select(e => e.Name), StringComparer.OrdinalIgnoreCase);
        var loose =
            from environment in graph.Environments
            from link in environment.Links
            where !own.Contains(link.Target)
            select (environment, link);
        foreach (var (environment, link) in loose)
        {
            // Another AddEnvironments may declare it: an app can say its environments in more than one place.
            if (declared.Names(context.CancellationToken) is not { } all || all.Contains(link.Target, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            var suggestion = Spelling.Suggest(link.Target, [.. all.Where(n => !Same(n, environment.Name))]);
            context.ReportDiagnostic(
                Diagnostic.Create(
                    Undeclared,
                    link.Location,
                    suggestion is null ? null : ImmutableDictionary<string, string?>.Empty.Add(Rules.Suggestion, suggestion),
                    environment.Name,
                    Verb(link.Method),
                    link.Target,
                    suggestion is null ? $" Declare it with Add(\"{link.Target}\")." : $" Did you mean '{suggestion}'?"
                )
            );
        }
    }

    private static void ReportCycles(SyntaxNodeAnalysisContext context, EnvironmentGraph graph, string method)
    {
        // The last call of a method is the one that counts; a conditional one may not be made at all.
        var links = new Dictionary<string, (DeclaredEnvironment From, EnvironmentLink Link)>(StringComparer.OrdinalIgnoreCase);
        foreach (var environment in graph.Environments.Where(e => !e.IsConditional))
        {
            if (environment.Links.LastOrDefault(l => l.Method == method) is { IsConditional: false } link)
            {
                links[environment.Name] = (environment, link);
            }
        }

        var done = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var start in links.Keys)
        {
            var path = new List<(DeclaredEnvironment From, EnvironmentLink Link)>();
            var name = start;
            while (done.Add(name) && links.TryGetValue(name, out var step))
            {
                path.Add(step);
                name = step.Link.Target;
            }

            var first = path.FindIndex(step => Same(step.From.Name, name));
            if (first >= 0)
            {
                ReportCycle(context, path.GetRange(first, path.Count - first));
            }
        }
    }

    private static void ReportCycle(SyntaxNodeAnalysisContext context, List<(DeclaredEnvironment From, EnvironmentLink Link)> cycle)
    {
        // It stands on the call that closes the circle, the last one in the file, and is told from there.
        var last = cycle.IndexOf(cycle.OrderBy(step => step.Link.Location.SourceSpan.Start).Last());
        var told = cycle.Skip(last).Concat(cycle.Take(last)).ToList();
        var (from, link) = told[0];
        var way = string.Join(" <- ", told.Select(step => step.From.Name).Concat([from.Name]));
        context.ReportDiagnostic(
            Diagnostic.Create(
                Cycle,
                link.Location,
                told.Skip(1).Select(step => step.Link.Location),
                from.Name,
                Verb(link.Method),
                way,
                link.Method
            )
        );
    }

    private static string Verb(string method) => method == EnvironmentApi.PromotedFrom ? "is promoted from" : "inherits from";

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
