using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Tells by its key that what an expression reads, of configuration or the process's variables, is a secret's value.</summary>
internal static class ConfiguredSecret
{
    private const string ConnectionStrings = "ConnectionStrings";

    /// <summary>The key with its sections, as far as they are written there; <see langword="null"/> where no secret is read.</summary>
    public static string? Key(ExpressionSyntax read, SyntaxNodeAnalysisContext context) =>
        read switch
        {
            ConditionalAccessExpressionSyntax { Expression: var on, WhenNotNull: ElementBindingExpressionSyntax binding } => OfIndexer(
                on,
                binding.ArgumentList,
                context
            ),
            ConditionalAccessExpressionSyntax { Expression: var on, WhenNotNull: InvocationExpressionSyntax call } => OfCall(
                call,
                on,
                context
            ),
            ElementAccessExpressionSyntax indexed => OfIndexer(indexed.Expression, indexed.ArgumentList, context),
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value", Expression: InvocationExpressionSyntax section } =>
                OfSection(section, context),
            InvocationExpressionSyntax call => OfCall(call, CalledName.Receiver(call), context),
            _ => null,
        };

    private static string? OfIndexer(ExpressionSyntax on, BracketedArgumentListSyntax keys, SyntaxNodeAnalysisContext context) =>
        keys.Arguments is [var only]
        && Constant(only.Expression, context) is { } key
        && Joined(Path(on, context), key) is var path
        && IsSecret(path)
        && ConfigurationApi.Find(context.Compilation)?.IsConfiguration(TypeOf(on, context)) == true
            ? path
            : null;

    private static string? OfSection(InvocationExpressionSyntax section, SyntaxNodeAnalysisContext context) =>
        Path(section, context) is { } path
        && IsSecret(path)
        && ConfigurationApi.Find(context.Compilation)?.IsSection(TypeOf(section, context)) == true
            ? path
            : null;

    private static string? OfCall(InvocationExpressionSyntax call, ExpressionSyntax? on, SyntaxNodeAnalysisContext context)
    {
        var first = call.ArgumentList.Arguments.FirstOrDefault()?.Expression;
        var name = EnvironmentApi.CalledName(call);
        var path = name switch
        {
            // Whichever it is.
            "GetConnectionString" => Joined(ConnectionStrings, Constant(first, context) ?? first?.ToString() ?? ""),
            "GetValue" when Constant(first, context) is { } key => Joined(Path(on, context), key),
            "Get" when first is null => Path(on, context),
            "GetEnvironmentVariable" => Constant(first, context),
            _ => null,
        };
        if (
            path is null
            || !(name == "GetConnectionString" || IsSecret(path))
            || context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol is not IMethodSymbol method
            || method.ReturnType.SpecialType != SpecialType.System_String
        )
        {
            return null;
        }

        var isRead = name switch
        {
            "GetEnvironmentVariable" => method.ContainingType is { Name: "Environment", ContainingNamespace.Name: "System" },
            "GetConnectionString" => ConfigurationApi.Classify(method) == KnownMethod.ConnectionString,
            _ => ConfigurationApi.Classify(method) is KnownMethod.Value or KnownMethod.Get,
        };
        return isRead ? path : null;
    }

    // config.GetSection("Db"): of what a variable holds nobody asks, since a key mostly tells by its end.
    private static string? Path(ExpressionSyntax? section, SyntaxNodeAnalysisContext context) =>
        section is InvocationExpressionSyntax { ArgumentList.Arguments: [var only] } call
        && EnvironmentApi.CalledName(call) is "GetSection" or "GetRequiredSection"
        && Constant(only.Expression, context) is { } key
            ? Joined(Path(CalledName.Receiver(call), context), key)
            : null;

    private static string Joined(string? section, string key) => section is null ? key : section + ":" + key;

    // The shell's own variables for the working folder end like the short word for password.
    private static bool IsSecret(string path) =>
        (SecretNames.Of(path) == SecretName.Certain && path is not ("PWD" or "OLDPWD"))
        || path.EndsWith("ConnectionString", StringComparison.OrdinalIgnoreCase)
        || (
            path.Replace("__", ":").Split(':') is [.., var section, _]
            && section.Equals(ConnectionStrings, StringComparison.OrdinalIgnoreCase)
        );

    private static string? Constant(ExpressionSyntax? key, SyntaxNodeAnalysisContext context) =>
        key is LiteralExpressionSyntax { Token.Value: string text }
            ? text
            : ConstantText.Of(key, context.SemanticModel, context.CancellationToken);

    private static ITypeSymbol? TypeOf(ExpressionSyntax expression, SyntaxNodeAnalysisContext context) =>
        context.SemanticModel.GetTypeInfo(expression, context.CancellationToken).Type;
}
