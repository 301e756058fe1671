using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK3002: a literal, or texts put together, that is a secret by its form or by the name under which it is kept.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SecretLiteralAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.SecretInSource];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (!TestProject.Is(start.Compilation))
            {
                start.RegisterSyntaxNodeAction(Analyze, LiteralText.Kinds);
                start.RegisterSyntaxNodeAction(
                    AnalyzeKey, SyntaxKind.ObjectCreationExpression, SyntaxKind.ImplicitObjectCreationExpression);
            }
        });
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var node = (ExpressionSyntax)context.Node;

        // A connection string's password is DTK3003's.
        if (LiteralText.Of(node, context.SemanticModel, context.CancellationToken) is not { Length: >= 6 } text ||
            ConnectionStringAnalyzer.Password(text) is not null)
        {
            return;
        }

        if (SecretText.Format(text) is { } format)
        {
            Report(context, node, $"This text holds {format}, which is");
        }
        else if (IsFallback(node) && SecretText.IsKey(text) && LiteralContext.Name(node) is { } fallback &&
            SecretIdentifier.Holds(fallback))
        {
            // Even one that asks to be replaced takes effect where nobody replaces it.
            Report(context, node, $"The fallback of '{fallback}' holds");
        }
        else if (SecretText.IsPlausible(text))
        {
            var name = LiteralContext.Name(node);
            if ((name is null || !SecretIdentifier.Holds(name)) && SecretText.IsStrong(text))
            {
                name = LiteralContext.Parameter(node, context.SemanticModel, context.CancellationToken);
            }

            if (name is not null && SecretIdentifier.Holds(name) && text != name)
            {
                Report(context, node, $"'{name}' holds");
            }
        }
    }

    // new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)): whatever the constant is called and however it reads, it is the key.
    private static void AnalyzeKey(SyntaxNodeAnalysisContext context)
    {
        var creation = (BaseObjectCreationExpressionSyntax)context.Node;
        var type = TypeName(creation, context);
        if (type == "NetworkCredential")
        {
            AnalyzeCredential(context, creation);
        }

        if (type != "SymmetricSecurityKey" ||
            creation.ArgumentList?.Arguments.FirstOrDefault()?.Expression is not InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } only } ||
            ConstantText.Of(only[0].Expression, context.SemanticModel, context.CancellationToken) is not { Length: > 0 } key)
        {
            return;
        }

        var value = only[0].Expression;
        var declared = value is LiteralExpressionSyntax ? null
            : (value as IdentifierNameSyntax ?? (value as MemberAccessExpressionSyntax)?.Name)?.Identifier.ValueText;

        // Reported where it is written already, by its name or form.
        var isReported = declared is null
            ? SecretText.Format(key) is not null
            : SecretText.Format(key) is not null || (SecretIdentifier.Holds(declared) && SecretText.IsPlausible(key));
        if (!isReported && key.Length >= 8)
        {
            Report(context, value, declared is null ? "'SymmetricSecurityKey' holds" : $"'{declared}' holds");
        }
    }

    // The symbol is asked only where no name is written, and the arguments may be those of a key or credential.
    private static string? TypeName(BaseObjectCreationExpressionSyntax creation, SyntaxNodeAnalysisContext context) => creation switch
    {
        ObjectCreationExpressionSyntax { Type: SimpleNameSyntax name } => name.Identifier.ValueText,
        ObjectCreationExpressionSyntax { Type: QualifiedNameSyntax name } => name.Right.Identifier.ValueText,
        ImplicitObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 or 2 or 3 } given } when given.Any(a =>
            a.Expression is InvocationExpressionSyntax or LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression }) =>
            context.SemanticModel.GetTypeInfo(creation, context.CancellationToken).Type?.Name,
        _ => null,
    };

    // new NetworkCredential("robot", "letters only"): nothing but a password stands there.
    private static void AnalyzeCredential(SyntaxNodeAnalysisContext context, BaseObjectCreationExpressionSyntax creation)
    {
        if (creation.ArgumentList?.Arguments is { Count: >= 2 } arguments &&
            arguments[1].Expression is LiteralExpressionSyntax { Token.Value: string { Length: >= 6 } password } literal &&
            SecretText.IsPassword(password) && !(SecretText.IsPlausible(password) && SecretText.IsStrong(password)) &&
            arguments[0].Expression is not LiteralExpressionSyntax { Token.Value: "anonymous" or "ftp" } && !literal.Token.ValueText.Contains("@"))
        {
            Report(context, literal, "'NetworkCredential' holds");
        }
    }

    private static bool IsFallback(ExpressionSyntax node) => node.Parent switch
    {
        ParenthesizedExpressionSyntax inner => IsFallback(inner),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } either => either.Right == node,
        _ => false,
    };

    private static void Report(SyntaxNodeAnalysisContext context, ExpressionSyntax node, string what)
    {
        if (!LiteralText.IsHarmless(node, context))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.SecretInSource, node.GetLocation(), what));
        }
    }
}
