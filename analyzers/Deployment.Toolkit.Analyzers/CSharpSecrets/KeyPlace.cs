using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Finds texts of the source that are made the key of a signature, <c>new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key))</c>: whatever
/// the constant is called, it is the key.
/// </summary>
internal static class KeyPlace
{
    private const int Shortest = 8;
    private const string Signing = "SymmetricSecurityKey";

    /// <summary>Of a key or a signer that is made.</summary>
    public static void AnalyzeCreation(SyntaxNodeAnalysisContext context, BaseObjectCreationExpressionSyntax creation, string type)
    {
        if (IsKey(type) && creation.ArgumentList?.Arguments.FirstOrDefault()?.Expression is { } given)
        {
            Judge(context, creation, given, type);
        }
    }

    /// <summary>Of a call: <c>HMACSHA256.HashData(key, data)</c>.</summary>
    public static void AnalyzeCall(SyntaxNodeAnalysisContext context)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        if (Signer(call) is { } type && call.ArgumentList.Arguments.FirstOrDefault()?.Expression is { } given)
        {
            Judge(context, call, given, type);
        }
    }

    private static void Judge(SyntaxNodeAnalysisContext context, SyntaxNode made, ExpressionSyntax given, string type)
    {
        if (
            IsRepeated(made, given)
            || TextOfBytes.Find(given, context.SemanticModel, context.CancellationToken) is not { } value
            || TextOfBytes.Constant(value, context.SemanticModel, context.CancellationToken) is not { Length: >= Shortest } key
            // A protocol's own word makes an HMAC a hash of its own: "WebAppData".
            || (type != Signing && !SecretText.IsPlausible(key, null))
        )
        {
            return;
        }

        if (!SecretLiteralAnalyzer.IsReported(value, key, context))
        {
            SecretLiteralAnalyzer.Report(context, value, $"'{SecretLiteralAnalyzer.Declared(value) ?? type}' holds");
        }
    }

    private static bool IsKey(string? type) => type == Signing || type?.StartsWith("HMAC", StringComparison.Ordinal) == true;

    private static string? Signer(InvocationExpressionSyntax call) =>
        EnvironmentApi.CalledName(call) is "HashData" or "HashDataAsync" or "TryHashData"
        && (CalledName.Receiver(call) as SimpleNameSyntax ?? (CalledName.Receiver(call) as MemberAccessExpressionSyntax)?.Name)
            is { Identifier.ValueText: var type }
        && IsKey(type)
            ? type
            : null;

    // One local serves as several keys, and stands in one place.
    private static bool IsRepeated(SyntaxNode made, ExpressionSyntax given) =>
        given is IdentifierNameSyntax { Identifier.ValueText: var name }
        && made.FirstAncestorOrSelf<SyntaxNode>(n => n is BaseMethodDeclarationSyntax or CompilationUnitSyntax)!
            .DescendantNodes()
            .TakeWhile(other => other != made)
            .Any(other => Key(other) is IdentifierNameSyntax { Identifier.ValueText: var also } && also == name);

    private static ExpressionSyntax? Key(SyntaxNode node) =>
        node switch
        {
            ObjectCreationExpressionSyntax creation when IsKey(LastName(creation.Type)) => creation.ArgumentList,
            InvocationExpressionSyntax call when Signer(call) is not null => call.ArgumentList,
            _ => null,
        }
            is { Arguments: [var first, ..] }
            ? first.Expression
            : null;

    private static string? LastName(TypeSyntax type) =>
        (type as SimpleNameSyntax ?? (type as QualifiedNameSyntax)?.Right)?.Identifier.ValueText;
}
