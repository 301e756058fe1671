using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Methods that run in development alone, by their name or by whoever calls them and hands them on.</summary>
internal static partial class DevelopmentGuard
{
    private static bool IsDevelopmentMethod(
        SyntaxNode declaration,
        string name,
        SemanticModel model,
        int depth,
        WalkLimit limit,
        CancellationToken cancellationToken
    )
    {
        // Any method may be called just "Test".
        if (name != "Test" && EnvironmentWords.NamesDevelopment(name))
        {
            return true;
        }

        if (
            depth >= MaxDepth
            || name is "Main" or "Configure" or "ConfigureServices"
            || model.GetDeclaredSymbol(declaration, cancellationToken) is not IMethodSymbol { IsOverride: false, IsVirtual: false } method
        )
        {
            return false;
        }

        if (method.GetAttributes().Any(a => a.AttributeClass?.Name == "ConditionalAttribute"))
        {
            return true;
        }

        // Who calls it, calls it in development: then it runs nowhere else.
        var calls = 0;
        foreach (var (call, from) in SourceSearch.Calls(model.Compilation, name, cancellationToken))
        {
            if (
                from.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol called
                || !SymbolEqualityComparer.Default.Equals((called.ReducedFrom ?? called).OriginalDefinition, method)
            )
            {
                continue;
            }

            calls++;
            if (
                !limit.TryStep()
                || (!IsCompiledForDebug(call, cancellationToken) && !Protects(call, from, depth + 1, limit, cancellationToken))
            )
            {
                return false;
            }
        }

        return ArePassedInDevelopment(method, name, model, depth, limit, ref calls, cancellationToken) && calls > 0;
    }

    // services.AddDbContext<Db>(Verbose): who passes it on, passes it on in development.
    private static bool ArePassedInDevelopment(
        IMethodSymbol method,
        string name,
        SemanticModel model,
        int depth,
        WalkLimit limit,
        ref int calls,
        CancellationToken cancellationToken
    )
    {
        foreach (
            var (group, from) in SourceSearch.Nodes<IdentifierNameSyntax>(
                model.Compilation,
                name,
                n => n.Identifier.ValueText == name && IsMethodGroup(n),
                cancellationToken
            )
        )
        {
            if (
                from.GetSymbolInfo(group, cancellationToken).Symbol is not IMethodSymbol passed
                || !SymbolEqualityComparer.Default.Equals(passed.OriginalDefinition, method)
            )
            {
                continue;
            }

            calls++;
            if (
                !limit.TryStep()
                || (!IsCompiledForDebug(group, cancellationToken) && !Protects(group, from, depth + 1, limit, cancellationToken))
            )
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsMethodGroup(IdentifierNameSyntax name) =>
        (name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : (ExpressionSyntax)name).Parent
            is ArgumentSyntax
                or AssignmentExpressionSyntax
                or EqualsValueClauseSyntax;
}
