using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// The text that bytes or letters are made of: of <c>"…"u8.ToArray()</c>, <c>[.. "…"u8]</c>, <c>Encoding.UTF8.GetBytes("…")</c>, there or
/// where a local was given them.
/// </summary>
internal static class TextOfBytes
{
    // What copies the receiver.
    public static bool IsCopy(string? method) => method is "ToArray" or "AsSpan" or "ToCharArray" or "Trim";

    // What makes its argument into bytes or letters.
    public static bool IsMade(string? method) =>
        method is "GetBytes" or "FromBase64String" or "FromHexString" or "ToCharArray" or "Trim" or "DecodeBytes" or "Base64UrlDecode";

    /// <summary>The literal, or the constant's name; <see langword="null"/> where they are made of something else.</summary>
    public static ExpressionSyntax? Find(ExpressionSyntax bytes, SemanticModel model, CancellationToken cancellationToken) =>
        // A local of a local: no program has more, and broken code may have circles.
        Find(bytes, model, locals: 2, cancellationToken);

    /// <summary>What the text is, of a UTF-8 literal too.</summary>
    public static string? Constant(ExpressionSyntax text, SemanticModel model, CancellationToken cancellationToken) =>
        text is LiteralExpressionSyntax { Token.Value: string written } ? written : ConstantText.Of(text, model, cancellationToken);

    private static ExpressionSyntax? Find(ExpressionSyntax bytes, SemanticModel model, int locals, CancellationToken cancellationToken) =>
        bytes switch
        {
            LiteralExpressionSyntax { RawKind: (int)SyntaxKind.Utf8StringLiteralExpression } => bytes,
            InvocationExpressionSyntax { ArgumentList.Arguments: [var only] } call when IsMade(EnvironmentApi.CalledName(call)) =>
                only.Expression,
            InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 } call
                when IsCopy(EnvironmentApi.CalledName(call)) && CalledName.Receiver(call) is { } receiver => Find(
                receiver,
                model,
                locals,
                cancellationToken
            ),
            CollectionExpressionSyntax { Elements: [SpreadElementSyntax { Expression: var spread }] } => Find(
                spread,
                model,
                locals,
                cancellationToken
            ),
            IdentifierNameSyntax
                when locals > 0
                    && model.GetSymbolInfo(bytes, cancellationToken).Symbol is ILocalSymbol local
                    && ConstantText.Initializer(local, model, cancellationToken) is { } initializer
                    && initializer.SyntaxTree == model.SyntaxTree => Find(initializer, model, locals - 1, cancellationToken),
            _ => null,
        };
}
