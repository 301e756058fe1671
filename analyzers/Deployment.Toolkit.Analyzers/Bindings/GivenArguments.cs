using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Each argument of a call with the parameter of the method as declared, an extension's receiver among them.</summary>
internal static class GivenArguments
{
    public static ImmutableArray<(IParameterSymbol Parameter, ExpressionSyntax Value)> Of(
        IMethodSymbol method,
        InvocationExpressionSyntax? call,
        SeparatedSyntaxList<ArgumentSyntax> arguments
    )
    {
        var parameters = (method.ReducedFrom ?? method).Parameters;
        var given = ImmutableArray.CreateBuilder<(IParameterSymbol, ExpressionSyntax)>();
        var offset = 0;
        if (method.ReducedFrom is not null && call is not null && PathReader.Receiver(call.Expression) is { } receiver)
        {
            given.Add((parameters[0], receiver));
            offset = 1;
        }

        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i].NameColon?.Name.Identifier.ValueText;
            var parameter =
                name is not null ? parameters.FirstOrDefault(p => p.Name == name)
                : i + offset < parameters.Length ? parameters[i + offset]
                : null;
            if (parameter is not null)
            {
                given.Add((parameter, arguments[i].Expression));
            }
        }

        return given.ToImmutable();
    }

    /// <summary>The texts that a type argument must have as static properties.</summary>
    public static IEnumerable<IPropertySymbol> StaticTexts(ITypeParameterSymbol parameter) =>
        parameter
            .ConstraintTypes.OfType<INamedTypeSymbol>()
            .SelectMany(c => c.AllInterfaces.Add(c))
            .SelectMany(c => c.GetMembers())
            .OfType<IPropertySymbol>()
            .Where(p => p is { IsStatic: true, IsAbstract: true, Type.SpecialType: SpecialType.System_String });
}
