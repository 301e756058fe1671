using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Writes, in code, the key or section that the settings files have.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(KeyInCodeCodeFix)), Shared]
public sealed class KeyInCodeCodeFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => [ReadKeyAnalyzer.Id, MissingSectionAnalyzer.Id];

    // Not the batch fixer: it has no action for DTK1004 that only the file mends, and dotnet format takes that for a failure.
    public override FixAllProvider GetFixAllProvider() =>
        FixAllProvider.Create(static (context, document, diagnostics) => FixAsync(document, diagnostics, context.CancellationToken)!);

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (Prepare(root!, diagnostic) is var (_, text))
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Change to '{text}'",
                        cancellationToken => FixAsync(context.Document, [diagnostic], cancellationToken),
                        nameof(KeyInCodeCodeFix)
                    ),
                    diagnostic
                );
            }
        }
    }

    private static (LiteralExpressionSyntax Literal, string Text)? Prepare(SyntaxNode root, Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(Rules.Suggestion, out var right)
        && right is not null
        && diagnostic.Properties.TryGetValue(CodePlaces.Wrong, out var wrong)
        && wrong is not null
        && root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true)
            is LiteralExpressionSyntax { Token.ValueText: var text } literal
        && text.EndsWith(wrong, StringComparison.OrdinalIgnoreCase)
            ? (literal, text.Substring(0, text.Length - wrong.Length) + right)
            : null;

    private static async Task<Document> FixAsync(
        Document document,
        IEnumerable<Diagnostic> diagnostics,
        CancellationToken cancellationToken
    )
    {
        var root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        var texts = new Dictionary<SyntaxToken, string>();
        foreach (var fix in diagnostics.Select(d => Prepare(root, d)))
        {
            if (fix is var (literal, text))
            {
                texts[literal.Token] = text;
            }
        }

        return document.WithSyntaxRoot(
            root.ReplaceTokens(texts.Keys, (token, _) => SyntaxFactory.Literal(texts[token]).WithTriviaFrom(token))
        );
    }
}
