using System;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>A call that registers a health check.</summary>
/// <param name="Call">The call.</param>
/// <param name="Method">The method.</param>
internal sealed record HealthRegistration(InvocationExpressionSyntax Call, IMethodSymbol Method)
{
    /// <summary>By the names first: few calls that start with Add register checks.</summary>
    public static HealthRegistration? Of(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken)
    {
        if (
            EnvironmentApi.CalledName(call) is not { } name
            || !name.StartsWith("Add", StringComparison.Ordinal)
            || name == "AddHealthChecks"
            || !MayRegister(call, name)
            || model.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol method
        )
        {
            return null;
        }

        return method.ReturnType.Name == "IHealthChecksBuilder" ? new HealthRegistration(call, method) : null;
    }

    /// <summary>The name under which it is registered, or else the method's or the check's.</summary>
    public string Name(SemanticModel model, CancellationToken cancellationToken)
    {
        foreach (var argument in Call.ArgumentList.Arguments)
        {
            if (ParameterOf(argument)?.Name == "name" && ConstantText.Of(argument.Expression, model, cancellationToken) is { } name)
            {
                return name;
            }
        }

        return Method.TypeArguments.FirstOrDefault()?.Name ?? Method.Name;
    }

    public IParameterSymbol? ParameterOf(ArgumentSyntax argument)
    {
        var index = Call.ArgumentList.Arguments.IndexOf(argument);
        return argument.NameColon is { } named ? Method.Parameters.FirstOrDefault(p => p.Name == named.Name.Identifier.ValueText)
            : index < Method.Parameters.Length ? Method.Parameters[index]
            : Method.Parameters.LastOrDefault();
    }

    private static bool MayRegister(InvocationExpressionSyntax call, string name)
    {
        if (name.IndexOf("Check", StringComparison.Ordinal) >= 0)
        {
            return true;
        }

        var receiver = CalledName.Receiver(call);
        while (receiver is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var before } } inner)
        {
            if (EnvironmentApi.CalledName(inner) == "AddHealthChecks")
            {
                return true;
            }

            receiver = before;
        }

        return receiver is IdentifierNameSyntax { Identifier.ValueText: var local }
            && (
                local.IndexOf("health", StringComparison.OrdinalIgnoreCase) >= 0
                || local.IndexOf("check", StringComparison.OrdinalIgnoreCase) >= 0
                || local.StartsWith("hc", StringComparison.OrdinalIgnoreCase)
            );
    }
}
