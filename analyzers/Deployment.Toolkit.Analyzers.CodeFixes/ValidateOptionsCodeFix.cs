using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Validates options at the start: adds the calls to the chain of an options builder, or makes one of <c>Configure&lt;T&gt;</c>.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ValidateOptionsCodeFix)), Shared]
public sealed class ValidateOptionsCodeFix : EditingCodeFix
{
    private const string ValidateOnStart = "ValidateOnStart";
    private const string ValidateDataAnnotations = "ValidateDataAnnotations";

    public override ImmutableArray<string> FixableDiagnosticIds => ["DTK2001", "DTK2002"];

    private protected override string Title => "Validate at the app's start";

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
        )
        {
            return null;
        }

        var isBuilder = OptionsIndex.OptionsOf(call, model, cancellationToken) is not null;
        if (diagnostic.Id == "DTK2001")
        {
            return isBuilder && EnvironmentApi.CalledName(call) != ValidateOnStart
                ? new Edit(editor =>
                    editor.ReplaceNode(call, (current, _) => CallChain.Append((InvocationExpressionSyntax)current, ValidateOnStart))
                )
                : null;
        }

        // Their package may not be referenced, and a type without attributes needs its own validator.
        if (
            model.Compilation.GetTypeByMetadataName("Microsoft.Extensions.DependencyInjection.OptionsBuilderDataAnnotationsExtensions")
                is null
            || diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Contains("registered nowhere")
        )
        {
            return null;
        }

        return isBuilder ? new Edit(editor => editor.ReplaceNode(call, (current, _) => Validate((InvocationExpressionSyntax)current)))
            : call
                is {
                    Parent: ExpressionStatementSyntax,
                    ArgumentList.Arguments.Count: 1,
                    Expression: MemberAccessExpressionSyntax { Name: GenericNameSyntax { Identifier.ValueText: "Configure" } name } access
                }
                ? new Edit(editor => editor.ReplaceNode(call, FromConfigure(call, access, name)))
            : null;
    }

    private static InvocationExpressionSyntax Validate(InvocationExpressionSyntax chain) =>
        CallChain.Append(CallChain.Append(chain, ValidateDataAnnotations), ValidateOnStart);

    private static InvocationExpressionSyntax FromConfigure(
        InvocationExpressionSyntax call,
        MemberAccessExpressionSyntax access,
        GenericNameSyntax name
    )
    {
        var options = SyntaxFactory.InvocationExpression(access.WithName(name.WithIdentifier(SyntaxFactory.Identifier("AddOptions"))));
        return Validate(CallChain.Append(options, "Bind").WithArgumentList(call.ArgumentList)).WithTriviaFrom(call);
    }
}
