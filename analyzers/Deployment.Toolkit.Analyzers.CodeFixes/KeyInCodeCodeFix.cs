using System;
using System.Collections.Immutable;
using System.Composition;
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

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (diagnostic.Properties.TryGetValue(Rules.Suggestion, out var right) && right is not null &&
                diagnostic.Properties.TryGetValue(CodePlaces.Wrong, out var wrong) && wrong is not null &&
                root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is LiteralExpressionSyntax { Token.ValueText: var text } literal &&
                text.EndsWith(wrong, StringComparison.OrdinalIgnoreCase))
            {
                var fixedText = text.Substring(0, text.Length - wrong.Length) + right;
                context.RegisterCodeFix(
                    CodeAction.Create($"Change to '{fixedText}'", _ => Task.FromResult(Replace(context.Document, root, literal, fixedText)), nameof(KeyInCodeCodeFix)),
                    diagnostic);
            }
        }
    }

    private static Document Replace(Document document, SyntaxNode root, LiteralExpressionSyntax literal, string text) =>
        document.WithSyntaxRoot(root.ReplaceToken(literal.Token, SyntaxFactory.Literal(text).WithTriviaFrom(literal.Token)));
}
