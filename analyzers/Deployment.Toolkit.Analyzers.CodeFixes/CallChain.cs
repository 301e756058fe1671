using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Adds calls to a chain in the form that it has: on one line, or a line each.</summary>
internal static class CallChain
{
    public static InvocationExpressionSyntax Append(InvocationExpressionSyntax chain, string method)
    {
        var access = chain.Expression as MemberAccessExpressionSyntax;
        var dot = access is null
            ? SyntaxFactory.Token(SyntaxKind.DotToken)
            : SyntaxFactory.Token(SyntaxKind.DotToken).WithLeadingTrivia(access.OperatorToken.LeadingTrivia);
        // The line break of a chain in lines ends what stands before the dot.
        var between = access is { Expression: InvocationExpressionSyntax } ? access.Expression.GetTrailingTrivia() : default;
        if (between.Count == 0)
        {
            dot = SyntaxFactory.Token(SyntaxKind.DotToken);
        }

        return SyntaxFactory
            .InvocationExpression(
                SyntaxFactory.MemberAccessExpression(
                    SyntaxKind.SimpleMemberAccessExpression,
                    chain.WithTrailingTrivia(between),
                    dot,
                    SyntaxFactory.IdentifierName(method)
                )
            )
            .WithTrailingTrivia(chain.GetTrailingTrivia());
    }

    /// <summary>The whole chain that a call stands in.</summary>
    public static InvocationExpressionSyntax Last(InvocationExpressionSyntax call)
    {
        while (call.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax next })
        {
            call = next;
        }

        return call;
    }
}
