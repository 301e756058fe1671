using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK2004: the host's environment is compared with a text so that case matters.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EnvironmentCaseAnalyzer : DiagnosticAnalyzer
{
    private static readonly string[] s_wellKnown = ["Development", "Staging", "Production"];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.EnvironmentByCase];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Microsoft.Extensions.Hosting.IHostEnvironment") is null ||
                TestProject.Is(start.Compilation))
            {
                return;
            }

            start.RegisterSyntaxNodeAction(AnalyzeOperator, SyntaxKind.EqualsExpression, SyntaxKind.NotEqualsExpression);
            start.RegisterSyntaxNodeAction(AnalyzeCall, SyntaxKind.InvocationExpression);
            start.RegisterSyntaxNodeAction(AnalyzePattern, SyntaxKind.IsPatternExpression);
            start.RegisterSyntaxNodeAction(AnalyzeSwitch, SyntaxKind.SwitchStatement, SyntaxKind.SwitchExpression);
        });
    }

    private static void AnalyzeOperator(SyntaxNodeAnalysisContext context)
    {
        var comparison = (BinaryExpressionSyntax)context.Node;
        Compare(context, comparison.Left, comparison.Right);
    }

    private static void AnalyzeCall(SyntaxNodeAnalysisContext context)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        if (EnvironmentApi.CalledName(call) != nameof(Equals) || CalledName.Receiver(call) is not { } receiver)
        {
            return;
        }

        var arguments = call.ArgumentList.Arguments;
        var isStatic = receiver is PredefinedTypeSyntax or IdentifierNameSyntax { Identifier.ValueText: "String" or "Object" };
        var (left, right, how) = isStatic ? (At(0), At(1), At(2)) : (receiver, At(0), At(1));
        if (left is null || right is null || how is not null &&
            !(how.ToString().EndsWith("Ordinal", StringComparison.Ordinal) || how.ToString().EndsWith("Culture", StringComparison.Ordinal)))
        {
            return;
        }

        Compare(context, left, right);

        ExpressionSyntax? At(int index) => arguments.Count > index ? arguments[index].Expression : null;
    }

    private static void AnalyzePattern(SyntaxNodeAnalysisContext context)
    {
        var test = (IsPatternExpressionSyntax)context.Node;
        if (!EnvironmentNameUse.MayBe(test.Expression))
        {
            return;
        }

        var first = test.Pattern.DescendantNodesAndSelf().OfType<ConstantPatternSyntax>().FirstOrDefault(p => Name(context,
            p.Expression) is not null);
        if (first is not null && EnvironmentNameUse.Is(test.Expression, context.SemanticModel, context.CancellationToken))
        {
            Report(context, test.GetLocation(), Name(context, first.Expression)!);
        }
    }

    private static void AnalyzeSwitch(SyntaxNodeAnalysisContext context)
    {
        var (governing, labels) = context.Node switch
        {
            SwitchStatementSyntax statement => (statement.Expression, statement.Sections.SelectMany(s => s.Labels).SelectMany(Constants)),
            SwitchExpressionSyntax expression =>
                (expression.GoverningExpression, expression.Arms.SelectMany(arm => Constants(arm.Pattern))),
            _ => throw new InvalidOperationException($"No switch: {context.Node.Kind()}."),
        };
        if (EnvironmentNameUse.Is(governing, context.SemanticModel, context.CancellationToken) &&
            labels.Select(label => Name(context, label)).FirstOrDefault(n => n is not null) is { } name)
        {
            Report(context, governing.GetLocation(), name);
        }

        static System.Collections.Generic.IEnumerable<ExpressionSyntax> Constants(SyntaxNode label) => label is CaseSwitchLabelSyntax only
            ? [only.Value]
            : label.DescendantNodesAndSelf().OfType<ConstantPatternSyntax>().Select(p => p.Expression);
    }

    private static void Compare(SyntaxNodeAnalysisContext context, ExpressionSyntax left, ExpressionSyntax right)
    {
        if (!EnvironmentNameUse.MayBe(left) && !EnvironmentNameUse.MayBe(right))
        {
            return;
        }

        var name = Name(context, right);
        var other = name is null ? right : left;
        name ??= Name(context, left);
        if (name is not null && EnvironmentNameUse.Is(other, context.SemanticModel, context.CancellationToken))
        {
            Report(context, context.Node.GetLocation(), name);
        }
    }

    private static string? Name(SyntaxNodeAnalysisContext context, ExpressionSyntax text) =>
        text is LiteralExpressionSyntax { RawKind: not (int)SyntaxKind.StringLiteralExpression } or BinaryExpressionSyntax or InvocationExpressionSyntax
            ? null
            : ConstantText.Of(text, context.SemanticModel, context.CancellationToken) is { Length: > 0 } name ? name : null;

    private static void Report(SyntaxNodeAnalysisContext context, Location location, string name)
    {
        // A misspelt one is DTK2003's.
        if (Spelling.NearMiss(name, s_wellKnown) is null)
        {
            var mend = s_wellKnown.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known
                ? $"Ask Is{known}()."
                : $"Ask IsEnvironment(\"{name}\").";
            context.ReportDiagnostic(Diagnostic.Create(Rules.EnvironmentByCase, location, name, mend));
        }
    }
}
