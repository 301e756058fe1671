using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK3007: a sealed file lies in the project, and nothing in the code says that it is the app's.</summary>
public sealed class UnpinnedRootAnalyzer : CodeRule
{
    /// <summary>Key of the diagnostic property that holds the fingerprints, one a line.</summary>
    internal const string Fingerprints = "Fingerprints";

    private const string Method = "AddSealedSecrets";

    private const string Options = "SealedSecretsOptions";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.RootNotPinned];

    internal override void Start(CodeActions code)
    {
        var files = code.Context.Options.AdditionalFiles.Where(file => SealedRoot.IsNamed(file.Path)).ToList();
        if (files.Count == 0 || TestProject.Is(code.Compilation))
        {
            return;
        }

        var unpinned = new OnDemand<IReadOnlyList<SealedRoot>>(cancellationToken => Find(files, code.Compilation, cancellationToken));
        code.OnCall(context => Analyze(context, unpinned), Method);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context, OnDemand<IReadOnlyList<SealedRoot>> unpinned)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        if (
            !IsOfBuilder(call, context.SemanticModel, context.CancellationToken)
            || unpinned.Get(context.CancellationToken) is not { Count: > 0 } roots
        )
        {
            return;
        }

        var names = string.Join(", ", roots.Select(root => $"'{root.Environment}'"));
        var pins = string.Concat(roots.Select(root => $".Root(\"{root.Fingerprint}\")"));
        var properties = ImmutableDictionary<string, string?>.Empty.Add(
            Fingerprints,
            string.Join("\n", roots.Select(root => root.Fingerprint))
        );
        context.ReportDiagnostic(Diagnostic.Create(Rules.RootNotPinned, CalledName.Location(call), properties, names, pins));
    }

    private static IReadOnlyList<SealedRoot> Find(
        IEnumerable<AdditionalText> files,
        Compilation compilation,
        CancellationToken cancellationToken
    )
    {
        var roots = files
            .Select(file => SealedRoot.Read(file.Path, file.GetText(cancellationToken)?.ToString() ?? ""))
            .OfType<SealedRoot>()
            .ToList();
        if (
            roots.Count == 0
            || SourceSearch.Calls(compilation, Method, cancellationToken).Any(found => IsOpaque(found.Node, found.Model, cancellationToken))
        )
        {
            return [];
        }

        var pinned = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (call, model) in SourceSearch.Calls(compilation, "Root", cancellationToken))
        {
            if (
                call.ArgumentList.Arguments is not [{ Expression: var given }]
                || model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol { ContainingType.Name: not Options }
            )
            {
                continue;
            }

            // A text that only run time knows may be the pin of any file.
            if (model.GetConstantValue(given, cancellationToken).Value is not string text)
            {
                return [];
            }

            // The pin may be of a later header, where somebody left: whose file it is stands in front.
            if (text.Trim().Split(':') is ["dtk1", var environment, _])
            {
                pinned.Add(environment);
            }
        }

        return
        [
            .. roots
                .Where(root => !pinned.Contains(root.Environment))
                .GroupBy(root => root.Environment, StringComparer.OrdinalIgnoreCase)
                .Select(same => same.First())
                .OrderBy(root => root.Environment, StringComparer.Ordinal),
        ];
    }

    private static bool IsOfBuilder(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol method
        && (method.ReducedFrom ?? method).Parameters is [{ Type.Name: "DeploymentBuilder" }, ..];

    /// <summary>Whether somebody else gets the options, who may pin there what cannot be seen here.</summary>
    private static bool IsOpaque(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken)
    {
        if (!IsOfBuilder(call, model, cancellationToken) || call.ArgumentList.Arguments is [])
        {
            return false;
        }

        return call.ArgumentList.Arguments is not [{ Expression: LambdaExpressionSyntax lambda }]
            || lambda
                .DescendantNodes()
                .OfType<InvocationExpressionSyntax>()
                .Any(inner => model.GetSymbolInfo(inner, cancellationToken).Symbol is not IMethodSymbol method || TakesOptions(method));
    }

    private static bool TakesOptions(IMethodSymbol method) =>
        method.Parameters.Any(parameter => parameter.Type.Name == Options)
        || (method.ReducedFrom is not null && method.ReceiverType?.Name == Options);
}
