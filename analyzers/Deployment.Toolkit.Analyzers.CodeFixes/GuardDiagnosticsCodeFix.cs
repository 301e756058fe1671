using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Makes a switch depend on <c>IsDevelopment()</c>: as its value where it takes one, else as a branch around the statement.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(GuardDiagnosticsCodeFix)), Shared]
public sealed class GuardDiagnosticsCodeFix : EditingCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => ["DTK4001"];

    private protected override string Title => "Only in development";

    private protected override Edit? Prepare(
        SyntaxNode root,
        SemanticModel model,
        Diagnostic diagnostic,
        CancellationToken cancellationToken
    )
    {
        var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        if (HostEnvironmentInScope.Find(model, node) is not { } environment)
        {
            return null;
        }

        var check = HostEnvironmentInScope.IsDevelopment(environment);
        var import = HostEnvironmentInScope.MissingImport(model, node);
        if (node.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is { } assignment && assignment.Span == diagnostic.Location.SourceSpan)
        {
            return new Edit(editor => editor.ReplaceNode(assignment.Right, check.WithTriviaFrom(assignment.Right)), import);
        }

        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call)
        {
            return null;
        }

        if (EnvironmentApi.CalledName(call) is "EnableDetailedErrors" or "EnableSensitiveDataLogging" or "CaptureStartupErrors")
        {
            var arguments = call.ArgumentList.WithArguments(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(check)));
            return new Edit(editor => editor.ReplaceNode(call.ArgumentList, arguments), import);
        }

        return call.Parent is ExpressionStatementSyntax statement
            ? new Edit(editor => editor.ReplaceNode(statement, (current, _) => Wrap((StatementSyntax)current, check)), import)
            : null;
    }

    private static IfStatementSyntax Wrap(StatementSyntax statement, ExpressionSyntax check) =>
        SyntaxFactory
            .IfStatement(check, SyntaxFactory.Block(statement.WithoutTrivia()))
            .WithTriviaFrom(statement)
            .WithAdditionalAnnotations(Formatter.Annotation);
}
