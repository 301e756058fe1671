using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Turns a check of tokens on.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TokenCodeFix)), Shared]
public sealed class TokenCodeFix : EditingCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => ["DTK4008"];

    private protected override string Title => "Turn it on";

    private protected override Edit? Prepare(
        SyntaxNode root,
        SemanticModel model,
        Diagnostic diagnostic,
        CancellationToken cancellationToken
    ) =>
        root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<AssignmentExpressionSyntax>()
            is { } assignment
            ? new Edit(editor =>
                editor.ReplaceNode(
                    assignment.Right,
                    SyntaxFactory.LiteralExpression(SyntaxKind.TrueLiteralExpression).WithTriviaFrom(assignment.Right)
                )
            )
            : null;
}
