using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// What the toolkit's own binder is told beside a type, as arguments of a use: a first one that says that it binds, then "path=separator"
/// for each list that may be one value. .NET's binder has none of them.
/// </summary>
internal static class StrictRules
{
    /// <summary>Of a list whose separator, or of all lists where the calls, nobody can read before run time.</summary>
    public const string Unknown = "\0";

    private const string Mark = "strict";

    public static ImmutableArray<string> Of(
        IMethodSymbol method,
        ImmutableArray<(IParameterSymbol Parameter, ExpressionSyntax Value)> given,
        SemanticModel model,
        PathReader paths
    )
    {
        if (method.Name != "AddValidatedOptions")
        {
            return [];
        }

        var configure = given.FirstOrDefault(g => g.Parameter.Name == "configure").Value;
        return configure switch
        {
            null or LiteralExpressionSyntax => [Mark],
            AnonymousFunctionExpressionSyntax lambda => [Mark, .. Lists(lambda, model, paths)],
            _ => [Mark, "*=" + Unknown],
        };
    }

    /// <summary>Whether the use binds strictly; with the lists that it names, as full keys.</summary>
    public static bool Read(ConfigurationUse use, IDictionary<string, string> lists)
    {
        if (use.Arguments.IsDefaultOrEmpty || use.Arguments[0] != Mark)
        {
            return false;
        }

        foreach (var argument in use.Arguments.Skip(1))
        {
            var sign = argument.IndexOf('=');
            lists[PathReader.Join(use.Path, argument.Substring(0, sign))] = argument.Substring(sign + 1);
        }

        return true;
    }

    private static IEnumerable<string> Lists(AnonymousFunctionExpressionSyntax lambda, SemanticModel model, PathReader paths)
    {
        foreach (var call in lambda.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (
                CalledName.Of(call)?.Identifier.ValueText != "SingleOrMany"
                || call.ArgumentList.Arguments is not [var member, ..]
                || Path(member.Expression, model) is not { } path
            )
            {
                continue;
            }

            var separator =
                call.ArgumentList.Arguments.Count < 2 ? "" : paths.Text(call.ArgumentList.Arguments[1].Expression, model) ?? Unknown;
            yield return path + "=" + separator;
        }
    }

    // "o => o.Provider.Hosts", by the names of the keys.
    private static string? Path(ExpressionSyntax expression, SemanticModel model)
    {
        var names = new Stack<string>();
        var at = (expression as LambdaExpressionSyntax)?.ExpressionBody;
        while (at is MemberAccessExpressionSyntax access && model.GetSymbolInfo(access).Symbol is IPropertySymbol property)
        {
            names.Push(Shape.KeyName(property) ?? property.Name);
            at = access.Expression;
        }

        return at is IdentifierNameSyntax && names.Count > 0 ? string.Join(":", names) : null;
    }
}
