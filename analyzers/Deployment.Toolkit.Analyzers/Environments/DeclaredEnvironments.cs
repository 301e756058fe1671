using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>The environments that a whole compilation declares, looked for only once somebody asks.</summary>
internal sealed class DeclaredEnvironments(Compilation compilation, EnvironmentApi api)
{
    private readonly object _lock = new();
    private KnownEnvironments? _known;

    /// <summary>All declared names in source order; <see langword="null"/> when some cannot be known before run time.</summary>
    public IReadOnlyCollection<string>? Names(CancellationToken cancellationToken) => Known(cancellationToken).Names;

    /// <summary>The environments whose files lie under those of one, from the root down, as far as the code tells.</summary>
    public IReadOnlyList<string> Inherited(string environment, CancellationToken cancellationToken = default)
    {
        var parents = Known(cancellationToken).Parents;
        var chain = new List<string>();
        for (var current = environment; parents.TryGetValue(current, out var parent) && !chain.Contains(parent); current = parent)
        {
            chain.Insert(0, parent);
        }

        return chain;
    }

    private KnownEnvironments Known(CancellationToken cancellationToken)
    {
        // Not a Lazy: it would keep the exception of a cancelled caller for all others.
        lock (_lock)
        {
            return _known ??= Read(cancellationToken);
        }
    }

    private KnownEnvironments Read(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        var parents = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var declaring = compilation.SyntaxTrees.Where(tree => !TreeFacts.Of(tree).DeclaringCalls(cancellationToken).IsEmpty);
        foreach (var tree in declaring.OrderBy(tree => tree.FilePath, StringComparer.Ordinal))
        {
#pragma warning disable RS1030 // The few files that declare environments, once a compilation; their own model isn't at hand elsewhere.
            var model = compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
            foreach (var call in TreeFacts.Of(tree).DeclaringCalls(cancellationToken))
            {
                var graph = EnvironmentGraphReader.Read(call, model, api, cancellationToken);
                if (graph is { NamesAreKnown: false })
                {
                    return new KnownEnvironments(null, parents);
                }

                names.AddRange(graph?.Environments.Select(e => e.Name) ?? []);
                foreach (var environment in graph?.Environments ?? [])
                {
                    if (environment.Links.FirstOrDefault(l => l.Method == EnvironmentApi.InheritsFrom) is { } link)
                    {
                        parents[environment.Name] = link.Target;
                    }
                }
            }
        }

        return new KnownEnvironments([.. names.Distinct(StringComparer.OrdinalIgnoreCase)], parents);
    }

    /// <summary>The calls of a tree that declare environments, searched for; <see cref="TreeFacts"/> keeps them.</summary>
    public static ImmutableArray<InvocationExpressionSyntax> CallsIn(SyntaxTree tree, CancellationToken cancellationToken) =>
        !SourceSearch.Has(tree, EnvironmentApi.AddEnvironments, cancellationToken)
            ? []
            :
            [
                .. tree.GetRoot(cancellationToken)
                    .DescendantNodes()
                    .OfType<InvocationExpressionSyntax>()
                    .Where(call => EnvironmentApi.CalledName(call) == EnvironmentApi.AddEnvironments),
            ];

    private sealed record KnownEnvironments(IReadOnlyCollection<string>? Names, IReadOnlyDictionary<string, string> Parents);
}
