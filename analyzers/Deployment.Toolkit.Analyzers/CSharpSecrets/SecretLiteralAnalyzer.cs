using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK3002: a literal, or texts put together, that is a secret by its form or by the name under which it is kept.</summary>
public sealed class SecretLiteralAnalyzer : CodeRule
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.SecretInSource];

    internal override void Start(CodeActions code)
    {
        if (!TestProject.Is(code.Compilation))
        {
            code.OnNode(Analyze, LiteralText.Kinds);
            code.OnNode(AnalyzeCreation, SyntaxKind.ObjectCreationExpression, SyntaxKind.ImplicitObjectCreationExpression);
            code.OnNode(PasswordPlace.Analyze, SyntaxKind.SimpleAssignmentExpression, SyntaxKind.InvocationExpression);
            code.OnNode(KeyPlace.AnalyzeCall, SyntaxKind.InvocationExpression);
        }
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var node = (ExpressionSyntax)context.Node;

        if (LiteralText.Written(node) is not { } text)
        {
            return;
        }

        var name = Kept(node);
        if (
            node is not LiteralExpressionSyntax
            && (name is not null || SecretText.MayGetForm(text) || ConnectionStringAnalyzer.MayBe(text))
        )
        {
            text = LiteralText.Of(node, context.SemanticModel, context.CancellationToken) ?? text;
        }

        // A connection string's password is DTK3003's.
        if (text.Length >= 6 && What(text, name, node, context) is { } what && ConnectionStringAnalyzer.Password(text) is null)
        {
            Report(context, node, what);
        }
    }

    private static string? What(string text, string? name, ExpressionSyntax node, SyntaxNodeAnalysisContext context)
    {
        if (SecretText.Format(text) is { } format)
        {
            return $"This text holds {format}, which is";
        }

        if (LiteralText.IsMessage(node))
        {
            return null;
        }

        if (name is not null && SecretNames.Of(name) == SecretName.Certain && IsFallback(node) && SecretText.IsKey(text))
        {
            // Even one that asks to be replaced takes effect where nobody replaces it.
            return $"The fallback of '{name}' holds";
        }

        // Cheapest first: every text of a project comes by.
        if ((name is null && !SecretValues.IsStrong(text)) || !SecretText.IsPlausible(text, name))
        {
            return null;
        }

        name ??= LiteralContext.Parameter(node, context.SemanticModel, context.CancellationToken);
        return name is not null && text != name && IsHeldBy(name, text) ? $"'{name}' holds" : null;
    }

    internal static bool IsHeldBy(string name, string text) =>
        SecretNames.Of(name) switch
        {
            SecretName.Certain => SecretText.IsPlausible(text, name),
            SecretName.Possible => SecretValues.IsRandom(text) && SecretText.IsPlausible(text, name),
            _ => false,
        };

    /// <summary>Whether a text that a rule came to from elsewhere is reported where it is written, by its name or form.</summary>
    internal static bool IsReported(ExpressionSyntax value, string text, SyntaxNodeAnalysisContext context) =>
        Declared(value) is { } declared
            ? SecretText.Format(text) is not null || IsHeldBy(declared, text)
            : What(text, Kept(value), value, context) is not null;

    /// <summary>The name of a constant; <see langword="null"/> of a literal.</summary>
    internal static string? Declared(ExpressionSyntax value) =>
        (value as IdentifierNameSyntax ?? (value as MemberAccessExpressionSyntax)?.Name)?.Identifier.ValueText;

    private static string? Kept(ExpressionSyntax node) =>
        LiteralContext.Name(node) is { } kept && SecretNames.Of(kept) >= SecretName.Possible ? kept : null;

    private static void AnalyzeCreation(SyntaxNodeAnalysisContext context)
    {
        var creation = (BaseObjectCreationExpressionSyntax)context.Node;
        switch (TypeName(creation, context))
        {
            case ("NetworkCredential" or "PasswordDeriveBytes" or "Rfc2898DeriveBytes") and var type:
                PasswordPlace.AnalyzeCreation(context, creation, type);
                break;
            case { } type:
                KeyPlace.AnalyzeCreation(context, creation, type);
                break;
        }
    }

    // The symbol is asked only where no name is written, and the arguments may be those of a key or credential.
    private static string? TypeName(BaseObjectCreationExpressionSyntax creation, SyntaxNodeAnalysisContext context) =>
        creation switch
        {
            ObjectCreationExpressionSyntax { Type: SimpleNameSyntax name } => name.Identifier.ValueText,
            ObjectCreationExpressionSyntax { Type: QualifiedNameSyntax name } => name.Right.Identifier.ValueText,
            ImplicitObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 or 2 or 3 } given }
                when given.Any(a =>
                    a.Expression
                        is InvocationExpressionSyntax
                            or CollectionExpressionSyntax
                            or LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression }
                ) => context.SemanticModel.GetTypeInfo(creation, context.CancellationToken).Type?.Name,
            _ => null,
        };

    private static bool IsFallback(ExpressionSyntax node) =>
        node.Parent switch
        {
            ParenthesizedExpressionSyntax inner => IsFallback(inner),
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } either => either.Right == node,
            _ => false,
        };

    internal static void Report(SyntaxNodeAnalysisContext context, ExpressionSyntax node, string what)
    {
        if (!LiteralText.IsHarmless(node, context))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.SecretInSource, node.GetLocation(), what));
        }
    }
}
