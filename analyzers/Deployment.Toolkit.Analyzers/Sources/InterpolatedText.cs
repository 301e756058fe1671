using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>An interpolated string as text, with the constants in its holes; another hole reads as <see cref="Hole"/>.</summary>
internal static class InterpolatedText
{
    public const string Hole = "{}";

    public static string Of(InterpolatedStringExpressionSyntax interpolated, SemanticModel model, CancellationToken cancellationToken) =>
        string.Concat(
            interpolated.Contents.Select(content =>
                content switch
                {
                    InterpolatedStringTextSyntax text => text.TextToken.ValueText,
                    InterpolationSyntax hole => ConstantText.Of(hole.Expression, model, cancellationToken) ?? Hole,
                    _ => "",
                }
            )
        );
}
