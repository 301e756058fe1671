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
            code.OnNode(AnalyzeKey, SyntaxKind.ObjectCreationExpression, SyntaxKind.ImplicitObjectCreationExpression);
            code.OnNode(PasswordPlace.Analyze, SyntaxKind.SimpleAssignmentExpression, SyntaxKind.InvocationExpression);
        }
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var node = (ExpressionSyntax)context.Node;

        if (LiteralText.Written(node) is not { } text)
        {
            return;
        }

        var kept = LiteralContext.Name(node);
        var name = kept is not null && SecretNames.Of(kept) >= SecretName.Possible ? kept : null;
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

    // new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)): whatever the constant is called and however it reads, it is the key.
    private static void AnalyzeKey(SyntaxNodeAnalysisContext context)
    {
        var creation = (BaseObjectCreationExpressionSyntax)context.Node;
        var type = TypeName(creation, context);
        if (type is "NetworkCredential" or "PasswordDeriveBytes" or "Rfc2898DeriveBytes")
        {
            PasswordPlace.AnalyzeCreation(context, creation, type);
        }

        if (
            type != "SymmetricSecurityKey"
            || creation.ArgumentList?.Arguments.FirstOrDefault()?.Expression is not { } given
            || IsRepeated(creation, given)
            || Bytes(given, context) is not { ArgumentList.Arguments: { Count: 1 } only }
            || ConstantText.Of(only[0].Expression, context.SemanticModel, context.CancellationToken) is not { Length: > 0 } key
        )
        {
            return;
        }

        var value = only[0].Expression;
        var declared =
            value is LiteralExpressionSyntax
                ? null
                : (value as IdentifierNameSyntax ?? (value as MemberAccessExpressionSyntax)?.Name)?.Identifier.ValueText;

        // Reported where it is written already, by its name or form.
        var isReported = declared is null
            ? SecretText.Format(key) is not null
            : SecretText.Format(key) is not null || IsHeldBy(declared, key);
        if (!isReported && key.Length >= 8)
        {
            Report(context, value, declared is null ? "'SymmetricSecurityKey' holds" : $"'{declared}' holds");
        }
    }

    // One local serves as several keys, and stands in one place.
    private static bool IsRepeated(BaseObjectCreationExpressionSyntax creation, ExpressionSyntax given) =>
        given is IdentifierNameSyntax { Identifier.ValueText: var name }
        && creation
            .FirstAncestorOrSelf<SyntaxNode>(n => n is BaseMethodDeclarationSyntax or CompilationUnitSyntax)!
            .DescendantNodes()
            .OfType<ObjectCreationExpressionSyntax>()
            .TakeWhile(other => other != creation)
            .Any(other =>
                other.Type.ToString().EndsWith("SymmetricSecurityKey", System.StringComparison.Ordinal)
                && other.ArgumentList?.Arguments.FirstOrDefault()?.Expression is IdentifierNameSyntax { Identifier.ValueText: var also }
                && also == name
            );

    // The call that makes bytes of a text: there, or where the local was given them.
    private static InvocationExpressionSyntax? Bytes(ExpressionSyntax key, SyntaxNodeAnalysisContext context) =>
        key switch
        {
            InvocationExpressionSyntax call => call,
            IdentifierNameSyntax local
                when context.SemanticModel.GetSymbolInfo(local, context.CancellationToken).Symbol is ILocalSymbol symbol =>
                ConstantText.Initializer(symbol, context.SemanticModel, context.CancellationToken) as InvocationExpressionSyntax,
            _ => null,
        };

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
