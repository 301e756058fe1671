using System;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Asks the host's environment itself, or compares without case where only its name is at hand.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(EnvironmentCaseCodeFix)), Shared]
public sealed class EnvironmentCaseCodeFix : EditingCodeFix
{
    private static readonly string[] s_wellKnown = ["Development", "Staging", "Production"];

    public override ImmutableArray<string> FixableDiagnosticIds => ["DTK2004"];

    private protected override string Title => "Compare without case";

    private protected override Edit? Prepare(
        SyntaxNode root,
        SemanticModel model,
        Diagnostic diagnostic,
        CancellationToken cancellationToken
    )
    {
        var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        if (Operands(node) is not var (left, right, isNegated))
        {
            return null;
        }

        var (environment, text) = EnvironmentNameUse.Is(left, model, cancellationToken) ? (left, right) : (right, left);
        ExpressionSyntax asked;
        string? import = null;
        if (environment is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "EnvironmentName", Expression: var host })
        {
            var name = ConstantText.Of(text, model, cancellationToken);
            var known = s_wellKnown.FirstOrDefault(k => k.Equals(name, StringComparison.OrdinalIgnoreCase));
            asked = SyntaxFactory.ParseExpression(
                known is null ? $"{host.WithoutTrivia()}.IsEnvironment({text.WithoutTrivia()})" : $"{host.WithoutTrivia()}.Is{known}()"
            );
            import = HostEnvironmentInScope.MissingImport(model, node);
        }
        else
        {
            asked = SyntaxFactory.ParseExpression(
                $"string.Equals({left.WithoutTrivia()}, {right.WithoutTrivia()}, StringComparison.OrdinalIgnoreCase)"
            );
            import = model.LookupNamespacesAndTypes(node.SpanStart, name: "StringComparison").IsEmpty ? "System" : null;
        }

        var replacement = isNegated ? SyntaxFactory.PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, asked) : asked;
        return new Edit(
            editor => editor.ReplaceNode(node, replacement.WithTriviaFrom(node).WithAdditionalAnnotations(Formatter.Annotation)),
            import
        );
    }

    private static (ExpressionSyntax Left, ExpressionSyntax Right, bool IsNegated)? Operands(SyntaxNode node)
    {
        switch (node)
        {
            case BinaryExpressionSyntax comparison:
                return (comparison.Left, comparison.Right, comparison.IsKind(SyntaxKind.NotEqualsExpression));
            case IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax constant } test:
                return (test.Expression, constant.Expression, false);
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var receiver } } call:
                var arguments = call.ArgumentList.Arguments;
                return
                    receiver is PredefinedTypeSyntax or IdentifierNameSyntax { Identifier.ValueText: "String" or "Object" }
                    && arguments.Count > 1
                    ? (arguments[0].Expression, arguments[1].Expression, false)
                    : (receiver, arguments[0].Expression, false);
            default:
                return null;
        }
    }
}
