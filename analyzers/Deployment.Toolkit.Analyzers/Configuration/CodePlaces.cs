using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Where code spells a key, for rules whose defect is the code's.</summary>
internal static class CodePlaces
{
    /// <summary>What the text should become; a fix replaces the last of it.</summary>
    public const string Wrong = nameof(Wrong);

    /// <summary>The expression in the call that ends in the name; the called name when it is spelt elsewhere.</summary>
    public static Location Key(SyntaxNode call, string name, SemanticModel model)
    {
        foreach (var expression in call.DescendantNodesAndSelf().OfType<ArgumentSyntax>().Select(a => a.Expression))
        {
            if (model.GetConstantValue(expression).Value is string text && text.EndsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return expression.GetLocation();
            }
        }

        return call switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var called } } => called.GetLocation(),
            ElementAccessExpressionSyntax { ArgumentList: var arguments } => arguments.Arguments[0].GetLocation(),
            _ => call.GetLocation(),
        };
    }

    public static ImmutableDictionary<string, string?> Suggest(string wrong, string right) =>
        ImmutableDictionary<string, string?>.Empty.Add(Wrong, wrong).Add(Rules.Suggestion, right);
}
