using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Finds texts of the source where nothing but a password stands: a credential's, that of a key that is derived from one, the letters of a
/// <c>SecureString</c>. A word is one there, too.
/// </summary>
internal static class PasswordPlace
{
    private const int Shortest = 6;

    /// <summary>Of an assignment or a call.</summary>
    public static void Analyze(SyntaxNodeAnalysisContext context)
    {
        switch (context.Node)
        {
            case AssignmentExpressionSyntax
            {
                Left: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Password" } target
            } assignment when TypeOf(target.Expression, context) == "NetworkCredential":
                Judge(context, assignment.Right, "NetworkCredential");
                break;
            case InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AppendChar" } append,
                ArgumentList.Arguments: { Count: 1 } letters
            } call
                when IsOfText(letters[0].Expression, context)
                    && IsFirst(call, append)
                    && TypeOf(append.Expression, context) == "SecureString":
                SecretLiteralAnalyzer.Report(context, letters[0].Expression, "'SecureString' holds");
                break;
        }
    }

    /// <summary>Of a credential or key that is made.</summary>
    public static void AnalyzeCreation(SyntaxNodeAnalysisContext context, BaseObjectCreationExpressionSyntax creation, string type)
    {
        var place = type == "NetworkCredential" ? 1 : 0;
        if (
            creation.ArgumentList?.Arguments is { } arguments
            && arguments.Count >= 2
            && arguments[0].Expression is not LiteralExpressionSyntax { Token.Value: "anonymous" or "ftp" }
        )
        {
            Judge(context, arguments[place].Expression, type);
        }
    }

    private static void Judge(SyntaxNodeAnalysisContext context, ExpressionSyntax given, string type)
    {
        var value = TextOfBytes.Find(given, context.SemanticModel, context.CancellationToken) ?? given;
        if (
            value is not (LiteralExpressionSyntax or IdentifierNameSyntax or MemberAccessExpressionSyntax)
            || TextOfBytes.Constant(value, context.SemanticModel, context.CancellationToken) is not { Length: >= Shortest } text
            || !SecretValues.IsPlausible(text, "password")
            || SecretText.IsPlaceholder(text)
            || (value is LiteralExpressionSyntax && text.Contains("@") && !SecretValues.IsStrong(text))
        )
        {
            return;
        }

        if (!SecretLiteralAnalyzer.IsReported(value, text, context))
        {
            SecretLiteralAnalyzer.Report(context, value, $"'{type}' holds");
        }
    }

    // 'P', "P@ssw0rd"[i], or a letter of a constant; each of a text that is written in a loop is reported with it.
    private static bool IsOfText(ExpressionSyntax letter, SyntaxNodeAnalysisContext context) =>
        letter switch
        {
            LiteralExpressionSyntax { RawKind: (int)SyntaxKind.CharacterLiteralExpression } => true,
            ElementAccessExpressionSyntax { Expression: var text } => IsText(text, context),
            IdentifierNameSyntax { Identifier.ValueText: var name } => letter
                .Ancestors()
                .OfType<ForEachStatementSyntax>()
                .FirstOrDefault(loop => loop.Identifier.ValueText == name)
                is { Expression: not LiteralExpressionSyntax and var text }
                && IsText(text, context),
            _ => false,
        };

    private static bool IsText(ExpressionSyntax text, SyntaxNodeAnalysisContext context) =>
        ConstantText.Of(text, context.SemanticModel, context.CancellationToken) is { Length: > 0 };

    // One report tells of a word that is written letter by letter.
    private static bool IsFirst(InvocationExpressionSyntax call, MemberAccessExpressionSyntax append) =>
        call.FirstAncestorOrSelf<BlockSyntax>() is not { } block
        || block
            .DescendantNodes()
            .OfType<InvocationExpressionSyntax>()
            .First(other =>
                other.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AppendChar" } also
                && SyntaxFactory.AreEquivalent(also.Expression, append.Expression)
            ) == call;

    private static string? TypeOf(ExpressionSyntax expression, SyntaxNodeAnalysisContext context) =>
        context.SemanticModel.GetTypeInfo(expression, context.CancellationToken).Type?.Name;
}
