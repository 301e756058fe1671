using System;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>A call that binds configuration to a type.</summary>
/// <param name="Options">The type.</param>
internal sealed record OptionsBinding(INamedTypeSymbol Options)
{
    public static OptionsBinding? Of(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken)
    {
        var name = CalledName.Of(call);
        switch (name)
        {
            case GenericNameSyntax { Identifier.ValueText: "Configure" or "Get", TypeArgumentList.Arguments: { Count: 1 } types }:
                // Configure<T>(o => …) and cache.Get<T>() bind nothing.
                return
                    model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol method
                    && (
                        name.Identifier.ValueText == "Get"
                            ? method.ContainingType.Name == "ConfigurationBinder"
                            : method.ContainingType.Name == "OptionsConfigurationServiceCollectionExtensions"
                    )
                    ? Of(model.GetTypeInfo(types[0], cancellationToken).Type)
                    : null;
            case { Identifier.ValueText: "Bind" or "BindConfiguration" }:
                return OptionsIndex.OptionsOf(call, model, cancellationToken) is { } options
                    ? Of(options)
                    : OfInstance(call, model, cancellationToken);
            default:
                return null;
        }
    }

    // configuration.GetSection("Mail").Bind(options)
    private static OptionsBinding? OfInstance(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken) =>
        call.ArgumentList.Arguments.LastOrDefault() is { } last
        && model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol { Name: "Bind", ContainingType.Name: "ConfigurationBinder" }
            ? Of(model.GetTypeInfo(last.Expression, cancellationToken).Type)
            : null;

    private static OptionsBinding? Of(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Class, SpecialType: SpecialType.None } named
        && !(named.ContainingNamespace?.ToDisplayString().StartsWith("System", StringComparison.Ordinal) ?? false)
            ? new OptionsBinding(named)
            : null;
}
