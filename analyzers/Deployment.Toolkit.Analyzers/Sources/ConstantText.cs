using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>The text that an expression has at run time, as far as it is fixed in the source.</summary>
internal static class ConstantText
{
    /// <summary>A constant's value, or what a local, a readonly or a private field was initialised with and never assigned again.</summary>
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
            case IFieldSymbol { IsReadOnly: true } or IFieldSymbol { DeclaredAccessibility: Accessibility.Private } or ILocalSymbol:
                var initializer = Initializer(symbol, model, cancellationToken);
                return initializer is null || IsAssigned(symbol, initializer) ? null
                    : initializer.SyntaxTree == model.SyntaxTree ? model.GetConstantValue(initializer, cancellationToken).Value as string
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
        symbol is not IFieldSymbol { IsReadOnly: true }
        && (
            symbol is IFieldSymbol { DeclaringSyntaxReferences.Length: 1, ContainingType.DeclaringSyntaxReferences.Length: > 1 }
            || initializer.FirstAncestorOrSelf<SyntaxNode>(node =>
                node is CompilationUnitSyntax
                || (symbol is IFieldSymbol ? node is TypeDeclarationSyntax : node is BaseMethodDeclarationSyntax)
            )
                is { } scope
                && scope.DescendantNodes().Any(node => IsAssignment(node, symbol.Name))
        );

    private static bool IsAssignment(SyntaxNode node, string name) =>
        node switch
        {
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } => left.Identifier.ValueText == name,
            AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax left } => left.Name.Identifier.ValueText == name,
            ArgumentSyntax { RefOrOutKeyword.RawKind: not 0, Expression: var given } => given is IdentifierNameSyntax passed
                && passed.Identifier.ValueText == name,
            _ => false,
        };
}
