using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK3002: a literal, or texts put together, that is a secret by its form or by the name under which it is kept.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SecretLiteralAnalyzer : DiagnosticAnalyzer
{
    private static readonly Regex s_testPath = new(
        "[/\\\\](tests?|testing|mocks?|fixtures?|[^/\\\\]*\\.(Unit|Integration)?Tests?)[/\\\\]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.SecretInSource];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (!TestProject.Is(start.Compilation))
            {
                start.RegisterSyntaxNodeAction(
                    Analyze, SyntaxKind.StringLiteralExpression, SyntaxKind.InterpolatedStringExpression, SyntaxKind.AddExpression);
                start.RegisterSyntaxNodeAction(AnalyzeKey, SyntaxKind.ObjectCreationExpression);
            }
        });
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var node = (ExpressionSyntax)context.Node;

        // Parts of a sum are read with it.
        if (node.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } ||
            Text(node, context.SemanticModel, context.CancellationToken) is not { Length: >= 6 } text)
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
        var creation = (ObjectCreationExpressionSyntax)context.Node;
        var type = (creation.Type as SimpleNameSyntax ?? (creation.Type as QualifiedNameSyntax)?.Right)?.Identifier.ValueText;
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

    // new NetworkCredential("robot", "letters only"): nothing but a password stands there.
    private static void AnalyzeCredential(SyntaxNodeAnalysisContext context, ObjectCreationExpressionSyntax creation)
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

    /// <summary>A literal's text, or what constants and literals come to; what is known at run time only reads as a hole.</summary>
    private static string? Text(ExpressionSyntax node, SemanticModel model, CancellationToken cancellationToken) => node switch
    {
        LiteralExpressionSyntax { Token.Value: string text } => text,
        InterpolatedStringExpressionSyntax interpolated => string.Concat(interpolated.Contents.Select(content => content switch
        {
            InterpolatedStringTextSyntax text => text.TextToken.ValueText,
            InterpolationSyntax hole => Part(hole.Expression, model, cancellationToken),
            _ => "",
        })),
        BinaryExpressionSyntax sum when sum.DescendantNodes().Any(n => n is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression } or InterpolatedStringExpressionSyntax) =>
            Sum(sum, model, cancellationToken),
        _ => null,
    };

    private static string Sum(ExpressionSyntax node, SemanticModel model, CancellationToken cancellationToken) => node switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum =>
            Sum(sum.Left, model, cancellationToken) + Sum(sum.Right, model, cancellationToken),
        LiteralExpressionSyntax or InterpolatedStringExpressionSyntax => Text(node, model, cancellationToken) ?? InterpolatedText.Hole,
        _ => Part(node, model, cancellationToken),
    };

    // A constant that a secret's name gives away is reported where it is written.
    private static string Part(ExpressionSyntax node, SemanticModel model, CancellationToken cancellationToken)
    {
        var name = (node as IdentifierNameSyntax ?? (node as MemberAccessExpressionSyntax)?.Name)?.Identifier.ValueText;
        return ConstantText.Of(node, model, cancellationToken) is { } text &&
            !(name is not null && SecretIdentifier.Holds(name) && SecretText.IsPlausible(text))
            ? text
            : InterpolatedText.Hole;
    }

    private static void Report(SyntaxNodeAnalysisContext context, ExpressionSyntax node, string what)
    {
        if (!s_testPath.IsMatch(node.SyntaxTree.FilePath) &&
            !DevelopmentGuard.Protects(node, context.SemanticModel, context.CancellationToken))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.SecretInSource, node.GetLocation(), what));
        }
    }
}
