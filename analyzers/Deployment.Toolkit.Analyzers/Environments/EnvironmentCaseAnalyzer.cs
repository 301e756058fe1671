using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK2004: the host's environment is compared with a text so that case matters.</summary>
public sealed class EnvironmentCaseAnalyzer : CodeRule
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.EnvironmentByCase];

    internal override void Start(CodeActions code)
    {
        if (
            code.Compilation.GetTypeByMetadataName("Microsoft.Extensions.Hosting.IHostEnvironment") is null
            || TestProject.Is(code.Compilation)
        )
        {
            return;
        }

        var rule = new Comparison(
            new EnvironmentSpelling(
                EnvironmentApi.Find(code.Compilation) is { } api ? new DeclaredEnvironments(code.Compilation, api) : null
            )
        );
        code.OnNode(rule.AnalyzeOperator, SyntaxKind.EqualsExpression, SyntaxKind.NotEqualsExpression);
        code.OnCall(rule.AnalyzeCall, nameof(Equals));
        code.OnNode(rule.AnalyzePattern, SyntaxKind.IsPatternExpression);
        code.OnNode(rule.AnalyzeSwitch, SyntaxKind.SwitchStatement, SyntaxKind.SwitchExpression);
    }

    private sealed class Comparison(EnvironmentSpelling spelling)
    {
        public void AnalyzeOperator(SyntaxNodeAnalysisContext context)
        {
            var comparison = (BinaryExpressionSyntax)context.Node;
            Compare(context, comparison.Left, comparison.Right);
        }

        public void AnalyzeCall(SyntaxNodeAnalysisContext context)
        {
            var call = (InvocationExpressionSyntax)context.Node;
            if (CalledName.Receiver(call) is not { } receiver)
            {
                return;
            }

            var arguments = call.ArgumentList.Arguments;
            var isStatic = receiver is PredefinedTypeSyntax or IdentifierNameSyntax { Identifier.ValueText: "String" or "Object" };
            var (left, right, how) = isStatic ? (At(0), At(1), At(2)) : (receiver, At(0), At(1));
            if (
                left is null
                || right is null
                || how is not null
                    && !(
                        how.ToString().EndsWith("Ordinal", StringComparison.Ordinal)
                        || how.ToString().EndsWith("Culture", StringComparison.Ordinal)
                    )
            )
            {
                return;
            }

            Compare(context, left, right);

            ExpressionSyntax? At(int index) => arguments.Count > index ? arguments[index].Expression : null;
        }

        public void AnalyzePattern(SyntaxNodeAnalysisContext context)
        {
            var test = (IsPatternExpressionSyntax)context.Node;
            if (TreeFacts.Of(test.SyntaxTree).NamesEnvironment(context.CancellationToken))
            {
                ReportFirst(context, test.Expression, EnvironmentNameUse.Constants(test.Pattern), test);
            }
        }

        public void AnalyzeSwitch(SyntaxNodeAnalysisContext context)
        {
            if (TreeFacts.Of(context.Node.SyntaxTree).NamesEnvironment(context.CancellationToken))
            {
                var (governing, labels) = EnvironmentNameUse.Switch(context.Node);
                ReportFirst(context, governing, labels, governing);
            }
        }

        private void ReportFirst(
            SyntaxNodeAnalysisContext context,
            ExpressionSyntax compared,
            IEnumerable<ExpressionSyntax> labels,
            SyntaxNode place
        )
        {
            if (
                EnvironmentNameUse.MayBe(compared)
                && labels.Select(label => Name(context, label)).FirstOrDefault(n => n is not null) is { } name
                && EnvironmentNameUse.Is(compared, context.SemanticModel, context.CancellationToken)
            )
            {
                Report(context, place.GetLocation(), name);
            }
        }

        private void Compare(SyntaxNodeAnalysisContext context, ExpressionSyntax left, ExpressionSyntax right)
        {
            if (
                !TreeFacts.Of(context.Node.SyntaxTree).NamesEnvironment(context.CancellationToken)
                || (!EnvironmentNameUse.MayBe(left) && !EnvironmentNameUse.MayBe(right))
            )
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

        // A misspelt one is DTK2003's.
        private string? Name(SyntaxNodeAnalysisContext context, ExpressionSyntax text) =>
            text
                is not (
                    LiteralExpressionSyntax { RawKind: not (int)SyntaxKind.StringLiteralExpression }
                    or BinaryExpressionSyntax
                    or InvocationExpressionSyntax
                )
            && ConstantText.Of(text, context.SemanticModel, context.CancellationToken) is { Length: > 0 } name
            && spelling.Meant(name, context.CancellationToken) is null
                ? name
                : null;

        private static void Report(SyntaxNodeAnalysisContext context, Location location, string name)
        {
            var mend = EnvironmentNames.WellKnown.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
                is { } known
                ? $"Ask Is{known}()."
                : $"Ask IsEnvironment(\"{name}\").";
            context.ReportDiagnostic(Diagnostic.Create(Rules.EnvironmentByCase, location, name, mend));
        }
    }
}
