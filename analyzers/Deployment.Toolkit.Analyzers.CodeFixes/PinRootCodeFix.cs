using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Pins the roots of the sealed files that lie in the project: <c>AddSealedSecrets(s => s.Root("dtk1:…"))</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PinRootCodeFix)), Shared]
public sealed class PinRootCodeFix : EditingCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => ["DTK3007"];

    private protected override string Title => "Pin the root of the sealed file";

    private protected override Edit? Prepare(
        SyntaxNode root,
        SemanticModel model,
        Diagnostic diagnostic,
        CancellationToken cancellationToken
    )
    {
        if (
            root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<InvocationExpressionSyntax>()
                is not { } call
            || !diagnostic.Properties.TryGetValue(UnpinnedRootAnalyzer.Fingerprints, out var fingerprints)
            || fingerprints is null
        )
        {
            return null;
        }

        var pins = fingerprints.Split('\n');
        return call.ArgumentList.Arguments switch
        {
            [] => new Edit(editor => editor.ReplaceNode(call, (current, _) => Given((InvocationExpressionSyntax)current, pins))),
            // What the lambda gives back is the options themselves: the pins go on from there.
            [{ Expression: LambdaExpressionSyntax { ExpressionBody: InvocationExpressionSyntax body } }] => new Edit(editor =>
                editor.ReplaceNode(body, (current, _) => Pinned((ExpressionSyntax)current, pins))
            ),
            [{ Expression: LambdaExpressionSyntax { ExpressionBody: { } body } lambda }] when Parameter(lambda) is { } name => new Edit(
                editor => editor.ReplaceNode(lambda, Block(lambda, body, name, pins))
            ),
            [{ Expression: LambdaExpressionSyntax { Block: { } block } lambda }] when Parameter(lambda) is { } name => new Edit(editor =>
                editor.ReplaceNode(block, (current, _) => ((BlockSyntax)current).AddStatements(Statement(name, pins, block)))
            ),
            _ => null,
        };
    }

    private static InvocationExpressionSyntax Given(InvocationExpressionSyntax call, string[] pins) =>
        call.AddArgumentListArguments(
            SyntaxFactory.Argument(SyntaxFactory.ParseExpression($"s => {Pinned(SyntaxFactory.IdentifierName("s"), pins)}"))
        );

    private static ExpressionSyntax Block(LambdaExpressionSyntax lambda, ExpressionSyntax body, string name, string[] pins) =>
        SyntaxFactory
            .ParseExpression($"{name} => {{ {body}; {Pinned(SyntaxFactory.IdentifierName(name), pins)}; }}")
            .WithTriviaFrom(lambda);

    private static ExpressionSyntax Pinned(ExpressionSyntax on, string[] pins) =>
        pins.Aggregate(
            on,
            (chain, pin) =>
                SyntaxFactory.InvocationExpression(
                    SyntaxFactory.MemberAccessExpression(
                        SyntaxKind.SimpleMemberAccessExpression,
                        chain,
                        SyntaxFactory.IdentifierName("Root")
                    ),
                    SyntaxFactory.ParseArgumentList($"({SyntaxFactory.Literal(pin)})")
                )
        );

    private static ExpressionStatementSyntax Statement(string name, string[] pins, BlockSyntax block)
    {
        var statement = SyntaxFactory.ExpressionStatement(Pinned(SyntaxFactory.IdentifierName(name), pins));
        return block.Statements.LastOrDefault() is { } last
            ? statement.WithLeadingTrivia(last.GetLeadingTrivia()).WithTrailingTrivia(last.GetTrailingTrivia())
            : statement;
    }

    private static string? Parameter(LambdaExpressionSyntax lambda) =>
        lambda switch
        {
            SimpleLambdaExpressionSyntax simple => simple.Parameter.Identifier.ValueText,
            ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: [var only] } => only.Identifier.ValueText,
            _ => null,
        };
}
