using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Tells a predicate that lets everything pass: a lambda, a delegate, or a method by name.</summary>
internal static class AlwaysTrue
{
    public static bool Is(ExpressionSyntax predicate, SemanticModel model, CancellationToken cancellationToken) =>
        predicate switch
        {
            ParenthesizedExpressionSyntax inner => Is(inner.Expression, model, cancellationToken),
            CastExpressionSyntax cast => Is(cast.Expression, model, cancellationToken),
            ObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } only } => Is(
                only[0].Expression,
                model,
                cancellationToken
            ),
            AnonymousFunctionExpressionSyntax { ExpressionBody: { } body } => IsTrue(body, model, cancellationToken),
            AnonymousFunctionExpressionSyntax { Block: { } block } => ReturnsTrue(block, model, cancellationToken),
            IdentifierNameSyntax or MemberAccessExpressionSyntax => IsTrueMember(
                model.GetSymbolInfo(predicate, cancellationToken).Symbol,
                model,
                cancellationToken
            ),
            _ => false,
        };

    private static bool IsTrueMember(ISymbol? symbol, SemanticModel model, CancellationToken cancellationToken)
    {
        var declaration = symbol?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken);
        if (declaration is null || SourceSearch.ModelOf(declaration, model) is not { } its)
        {
            return false;
        }

        return declaration switch
        {
            BaseMethodDeclarationSyntax { ExpressionBody.Expression: var body } => IsTrue(body, its, cancellationToken),
            BaseMethodDeclarationSyntax { Body: { } block } => ReturnsTrue(block, its, cancellationToken),
            LocalFunctionStatementSyntax { ExpressionBody.Expression: var body } => IsTrue(body, its, cancellationToken),
            LocalFunctionStatementSyntax { Body: { } block } => ReturnsTrue(block, its, cancellationToken),
            VariableDeclaratorSyntax { Initializer.Value: AnonymousFunctionExpressionSyntax lambda } => Is(lambda, its, cancellationToken),
            _ => false,
        };
    }

    private static bool ReturnsTrue(BlockSyntax block, SemanticModel model, CancellationToken cancellationToken)
    {
        var returns = block
            .DescendantNodes(n => n is not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax)
            .OfType<ReturnStatementSyntax>()
            .ToList();
        return returns.Count > 0
            && returns.All(r => r.Expression is { } value && IsTrue(value, model, cancellationToken))
            && !block.DescendantNodes().Any(n => n.IsKind(SyntaxKind.ThrowStatement) || n.IsKind(SyntaxKind.ThrowExpression));
    }

    private static bool IsTrue(ExpressionSyntax expression, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetConstantValue(expression, cancellationToken) is { Value: true };
}
