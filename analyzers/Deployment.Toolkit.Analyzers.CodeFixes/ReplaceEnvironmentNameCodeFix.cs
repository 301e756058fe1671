using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Writes the suggested environment in place of the misspelt one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReplaceEnvironmentNameCodeFix)), Shared]
public sealed class ReplaceEnvironmentNameCodeFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => [EnvironmentNameAnalyzer.Id, EnvironmentGraphAnalyzer.Id];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            // A constant or nameof stands for more than this one place: only what is written here is rewritten here.
            if (
                diagnostic.Properties.TryGetValue(Rules.Suggestion, out var suggestion)
                && suggestion is not null
                && root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is LiteralExpressionSyntax literal
            )
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Change to '{suggestion}'",
                        cancellationToken => ReplaceAsync(context.Document, literal, suggestion, cancellationToken),
                        equivalenceKey: nameof(ReplaceEnvironmentNameCodeFix)
                    ),
                    diagnostic
                );
            }
        }
    }

    private static async Task<Document> ReplaceAsync(
        Document document,
        LiteralExpressionSyntax literal,
        string suggestion,
        CancellationToken cancellationToken
    )
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var token = SyntaxFactory.Literal(suggestion).WithTriviaFrom(literal.Token);
        return document.WithSyntaxRoot(root!.ReplaceToken(literal.Token, token));
    }
}
