using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>The messages that the code can print, as patterns: what it writes stays, what it puts in matches anything.</summary>
internal static class MessageTemplates
{
    private const int FewestLetters = 15;

    // A script's messages get their place in front, and so do a .env file's, as the subject of a sentence.
    private const string Place = @"\A([^ ]+:[0-9]+:[0-9]+:? )?";

    private static readonly Lazy<List<(string Start, string Pattern)>> All = new(static () =>
        [.. Repository.Files("src", "*.cs").SelectMany(static file => Sources.Parse(file).GetRoot().DescendantNodes().OfType<ExpressionSyntax>()).Where(IsWhole).Select(Read).Where(static t => t.Start.Length > 0)]);

    internal static bool CanPrint(string text) => All.Value.Exists(template =>
        text.Contains(template.Start, StringComparison.Ordinal) && Regex.IsMatch(text, template.Pattern, RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.ExplicitCapture));

    private static bool IsWhole(ExpressionSyntax expression) =>
        (expression.IsKind(SyntaxKind.AddExpression) || expression.IsKind(SyntaxKind.InterpolatedStringExpression) || expression.IsKind(SyntaxKind.StringLiteralExpression))
        && !expression.Parent.IsKind(SyntaxKind.AddExpression);

    // The longest piece is looked for first: most templates are ruled out by it.
    private static (string Start, string Pattern) Read(ExpressionSyntax expression)
    {
        var pieces = Pieces(expression).ToList();
        var pattern = new StringBuilder(Place);
        foreach (var piece in pieces) pattern.Append(piece is null ? ".*" : Regex.Escape(piece));
        return pieces.Sum(static piece => piece?.Length ?? 0) < FewestLetters ? ("", "") : (pieces.MaxBy(static piece => piece?.Length ?? 0)!, pattern.Append("\\z").ToString());
    }

    private static IEnumerable<string?> Pieces(ExpressionSyntax expression) => expression switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum => Pieces(sum.Left).Concat(Pieces(sum.Right)),
        LiteralExpressionSyntax { Token.Value: string text } => [text],
        InterpolatedStringExpressionSyntax interpolated => interpolated.Contents.Select(static content => (content as InterpolatedStringTextSyntax)?.TextToken.ValueText),
        _ => [null],
    };
}
