using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>The types and methods that declare environments.</summary>
internal sealed class EnvironmentApi
{
    public const string AddEnvironments = "AddEnvironments";
    public const string Add = "Add";
    public const string PromotedFrom = "PromotedFrom";
    public const string InheritsFrom = "InheritsFrom";

    private EnvironmentApi(INamedTypeSymbol environments, INamedTypeSymbol environment) =>
        (EnvironmentsBuilder, EnvironmentBuilder) = (environments, environment);

    public INamedTypeSymbol EnvironmentsBuilder { get; }

    public INamedTypeSymbol EnvironmentBuilder { get; }

    /// <summary>The API as the compilation sees it; <see langword="null"/> when it references no such thing.</summary>
    public static EnvironmentApi? Find(Compilation compilation) =>
        compilation.GetTypeByMetadataName("Deployment.Toolkit.EnvironmentsBuilder") is { } environments
        && compilation.GetTypeByMetadataName("Deployment.Toolkit.EnvironmentBuilder") is { } environment
            ? new EnvironmentApi(environments, environment)
            : null;

    /// <summary>The last name in front of a call's parentheses, which costs nothing to know, unlike the method behind it.</summary>
    public static string? CalledName(InvocationExpressionSyntax invocation) =>
        invocation.Expression switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } => name,
            MemberBindingExpressionSyntax { Name.Identifier.ValueText: var name } => name,
            SimpleNameSyntax { Identifier.ValueText: var name } => name,
            _ => null,
        };
}
