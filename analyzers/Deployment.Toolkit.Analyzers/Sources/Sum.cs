using System.Collections.Generic;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// The parts of <c>a + b + c</c>, whose tree is as deep as it has parts: generated code has thousands, more than a stack holds.
/// </summary>
internal static class Sum
{
    /// <summary>In the order in which they are written; an expression that is no sum is its own only part.</summary>
    public static IEnumerable<ExpressionSyntax> Parts(ExpressionSyntax expression)
    {
        if (expression is not BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression })
        {
            return [expression];
        }

        var parts = new List<ExpressionSyntax>();
        while (expression is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum)
        {
            parts.Add(sum.Right);
            expression = sum.Left;
        }

        parts.Add(expression);
        parts.Reverse();
        return parts;
    }
}
