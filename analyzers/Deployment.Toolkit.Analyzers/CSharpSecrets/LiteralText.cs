using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>The texts of a source in which a secret may be written: literals, interpolated strings and sums of them.</summary>
internal static class LiteralText
{
    private static readonly Regex s_testPath = new(
        "[/\\\\](tests?|testing|mocks?|fixtures?|[^/\\\\]*\\.(Unit|Integration)?Tests?)[/\\\\]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        System.TimeSpan.FromSeconds(1)
    );

    private static readonly Regex s_hole = new("\\{([0-9]{1,2})\\}", RegexOptions.CultureInvariant, System.TimeSpan.FromSeconds(1));

    private static readonly string[] s_writers =
    [
        "WriteLine",
        "Verbose",
        "Debug",
        "Information",
        "Info",
        "Warning",
        "Warn",
        "Error",
        "Fatal",
    ];

    public static readonly SyntaxKind[] Kinds =
    [
        SyntaxKind.StringLiteralExpression,
        SyntaxKind.Utf8StringLiteralExpression,
        SyntaxKind.InterpolatedStringExpression,
        SyntaxKind.AddExpression,
    ];

    /// <summary>
    /// A literal's text, or what constants and literals come to; what is known at run time only reads as a hole. Of a sum's parts there is
    /// none: they are read with it.
    /// </summary>
    public static string? Of(ExpressionSyntax node, SemanticModel model, CancellationToken cancellationToken) =>
        node.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } ? null
        : Text(node, model, cancellationToken) is { } text ? Filled(text, node, model, cancellationToken)
        : null;

    // string.Format("Password={0}", constant)
    private static string Filled(string text, ExpressionSyntax node, SemanticModel model, CancellationToken cancellationToken)
    {
        if (
            text.IndexOf('{') < 0
            || node.Parent is not ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } given } format
            || EnvironmentApi.CalledName(call) != "Format"
            || given.Arguments[0] != format
        )
        {
            return text;
        }

        return s_hole.Replace(
            text,
            hole =>
                int.TryParse(hole.Groups[1].Value, out var index) && index + 1 < given.Arguments.Count
                    ? Part(given.Arguments[index + 1].Expression, model, cancellationToken)
                    : InterpolatedText.Hole
        );
    }

    /// <summary>
    /// The same by syntax alone, with a hole for a constant too: the first question after a constant makes the compiler bind the whole
    /// method once more, and most texts are messages.
    /// </summary>
    public static string? Written(ExpressionSyntax node) =>
        node switch
        {
            { Parent: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } } => null,
            LiteralExpressionSyntax { Token.Value: string text } => text,
            InterpolatedStringExpressionSyntax => WrittenPart(node),
            BinaryExpressionSyntax sum when HasText(sum) => string.Concat(Sum.Parts(sum).Select(WrittenPart)),
            _ => null,
        };

    /// <summary>Whether it is a message to people, which may show how something is written: of a log, a console or an exception.</summary>
    public static bool IsMessage(ExpressionSyntax node) =>
        node.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Parent: { } receiver } }
        && receiver switch
        {
            InvocationExpressionSyntax call => EnvironmentApi.CalledName(call) is { } name
                && (name.StartsWith("Log", System.StringComparison.Ordinal) || s_writers.Contains(name)),
            ObjectCreationExpressionSyntax { Type: var type } => type.ToString().EndsWith("Exception", System.StringComparison.Ordinal),
            _ => false,
        }
        && Written(node) is { } text
        && text.Count(static c => c == ' ') >= 3;

    /// <summary>Whether a secret there harms nobody: among tests, or where only development comes by.</summary>
    public static bool IsHarmless(ExpressionSyntax node, SyntaxNodeAnalysisContext context) =>
        s_testPath.IsMatch(node.SyntaxTree.FilePath) || DevelopmentGuard.Protects(node, context.SemanticModel, context.CancellationToken);

    private static string? Text(ExpressionSyntax node, SemanticModel model, CancellationToken cancellationToken) =>
        node switch
        {
            LiteralExpressionSyntax { Token.Value: string text } => text,
            InterpolatedStringExpressionSyntax interpolated => string.Concat(
                interpolated.Contents.Select(content =>
                    content switch
                    {
                        InterpolatedStringTextSyntax text => text.TextToken.ValueText,
                        InterpolationSyntax hole => Part(hole.Expression, model, cancellationToken),
                        _ => "",
                    }
                )
            ),
            BinaryExpressionSyntax sum when HasText(sum) => string.Concat(
                Sum.Parts(sum).Select(part => PartOfSum(part, model, cancellationToken))
            ),
            _ => null,
        };

    private static bool HasText(BinaryExpressionSyntax node) =>
        Sum.Parts(node)
            .Any(static part =>
                part is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression } or InterpolatedStringExpressionSyntax
            );

    private static string WrittenPart(ExpressionSyntax node) =>
        node switch
        {
            LiteralExpressionSyntax { Token.Value: string text } => text,
            InterpolatedStringExpressionSyntax interpolated => string.Concat(
                interpolated.Contents.Select(content =>
                    content is InterpolatedStringTextSyntax text ? text.TextToken.ValueText : InterpolatedText.Hole
                )
            ),
            _ => InterpolatedText.Hole,
        };

    private static string PartOfSum(ExpressionSyntax node, SemanticModel model, CancellationToken cancellationToken) =>
        node switch
        {
            LiteralExpressionSyntax or InterpolatedStringExpressionSyntax => Text(node, model, cancellationToken) ?? InterpolatedText.Hole,
            _ => Part(node, model, cancellationToken),
        };

    // A constant that a secret's name gives away is reported where it is written.
    private static string Part(ExpressionSyntax node, SemanticModel model, CancellationToken cancellationToken)
    {
        var name = (node as IdentifierNameSyntax ?? (node as MemberAccessExpressionSyntax)?.Name)?.Identifier.ValueText;
        return
            ConstantText.Of(node, model, cancellationToken) is { } text
            && !(name is not null && SecretNames.Of(name) == SecretName.Certain && SecretText.IsPlausible(text, name))
            ? text
            : InterpolatedText.Hole;
    }
}
