using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>The text that an expression has at run time, as far as it is fixed in the source.</summary>
internal static class ConstantText
{
    /// <summary>A constant's value, or what a local or readonly field was initialised with and never assigned again.</summary>
    public static string? Of(ExpressionSyntax? expression, SemanticModel model, CancellationToken cancellationToken)
    {
        if (expression is null)
        {
            return null;
        }

        if (model.GetConstantValue(expression, cancellationToken) is { HasValue: true } constant)
        {
            return constant.Value as string;
        }

        return expression switch
        {
            ParenthesizedExpressionSyntax inner => Of(inner.Expression, model, cancellationToken),
            PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure => Of(
                sure.Operand,
                model,
                cancellationToken
            ),
            IdentifierNameSyntax or MemberAccessExpressionSyntax => OfSymbol(
                model.GetSymbolInfo(expression, cancellationToken).Symbol,
                model,
                cancellationToken
            ),
            _ => null,
        };
    }

    private static string? OfSymbol(ISymbol? symbol, SemanticModel model, CancellationToken cancellationToken)
    {
        switch (symbol)
        {
            case IFieldSymbol { IsReadOnly: true, IsStatic: true, ContainingType.Name: "Environments" or "EnvironmentName" } wellKnown
                when wellKnown.ContainingNamespace?.ToDisplayString() is "Microsoft.Extensions.Hosting" or "Microsoft.AspNetCore.Hosting":
                return wellKnown.Name;
            case IFieldSymbol { IsReadOnly: true } or ILocalSymbol:
                var initializer = Initializer(symbol, model, cancellationToken);
                return initializer is not null && initializer.SyntaxTree == model.SyntaxTree && !IsAssigned(symbol, initializer)
                    ? model.GetConstantValue(initializer, cancellationToken).Value as string
                    : (initializer as LiteralExpressionSyntax)?.Token.Value as string;
            default:
                return null;
        }
    }

    /// <summary>What a symbol of the model's compilation begins with.</summary>
    public static ExpressionSyntax? Initializer(ISymbol symbol, SemanticModel model, CancellationToken cancellationToken) =>
        symbol.DeclaringSyntaxReferences.FirstOrDefault() is { } reference && model.Compilation.ContainsSyntaxTree(reference.SyntaxTree)
            ? Value(reference.GetSyntax(cancellationToken))
            : null;

    private static ExpressionSyntax? Value(SyntaxNode declaration) =>
        declaration switch
        {
            VariableDeclaratorSyntax declarator => declarator.Initializer?.Value,
            PropertyDeclarationSyntax property => property.Initializer?.Value ?? property.ExpressionBody?.Expression,
            _ => null,
        };

    private static bool IsAssigned(ISymbol symbol, ExpressionSyntax initializer) =>
        symbol is ILocalSymbol
        && initializer.FirstAncestorOrSelf<SyntaxNode>(node => node is BaseMethodDeclarationSyntax or CompilationUnitSyntax) is { } scope
        && scope
            .DescendantNodes()
            .OfType<AssignmentExpressionSyntax>()
            .Any(assignment => assignment.Left is IdentifierNameSyntax name && name.Identifier.ValueText == symbol.Name);
}
