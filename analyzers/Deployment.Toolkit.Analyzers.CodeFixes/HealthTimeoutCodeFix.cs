using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Gives a health check a timeout of five seconds.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HealthTimeoutCodeFix)), Shared]
public sealed class HealthTimeoutCodeFix : EditingCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => ["DTK6001"];

    private protected override string Title => "Add a timeout of 5 seconds";

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
            || model.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol method
            || !method.Parameters.Any(p => p.Name == "timeout")
        )
        {
            return null;
        }

        var import = model.LookupNamespacesAndTypes(call.SpanStart, name: "TimeSpan").IsEmpty ? "System" : null;
        var timeout = SyntaxFactory.ParseArgumentList("(timeout: TimeSpan.FromSeconds(5))").Arguments[0];
        var separator = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
        return new Edit(
            editor =>
                editor.ReplaceNode(
                    call,
                    (current, _) =>
                    {
                        var changed = (InvocationExpressionSyntax)current;
                        var arguments = changed.ArgumentList.Arguments;
                        var added =
                            arguments.Count == 0
                                ? arguments.Add(timeout)
                                : SyntaxFactory.SeparatedList(arguments.Append(timeout), arguments.GetSeparators().Append(separator));
                        return changed.WithArgumentList(changed.ArgumentList.WithArguments(added));
                    }
                ),
            import
        );
    }
}
