using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK2003: the host's environment is compared with a name that nearly is a declared one.</summary>
public sealed class EnvironmentNameAnalyzer : CodeRule
{
    internal const string Id = "DTK2003";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "An environment's name is misspelt",
        "Environment '{0}' is not declared. Did you mean '{1}'?",
        Rules.Environments,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A comparison with a name that no environment has is never true, and nothing says so at run time.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptor];

    internal override void Start(CodeActions code)
    {
        if (code.Compilation.GetTypeByMetadataName("Microsoft.Extensions.Hosting.IHostEnvironment") is null)
        {
            return;
        }

        var rule = new Comparison(
            code.Compilation.GetTypeByMetadataName("Microsoft.Extensions.Hosting.HostEnvironmentEnvExtensions"),
            new EnvironmentSpelling(
                EnvironmentApi.Find(code.Compilation) is { } api ? new DeclaredEnvironments(code.Compilation, api) : null
            )
        );
        code.OnCall(rule.AnalyzeCall, "IsEnvironment", nameof(Equals));
        code.OnNode(rule.AnalyzeOperator, SyntaxKind.EqualsExpression, SyntaxKind.NotEqualsExpression);
        code.OnNode(rule.AnalyzePattern, SyntaxKind.IsPatternExpression);
        code.OnNode(rule.AnalyzeSwitch, SyntaxKind.SwitchStatement, SyntaxKind.SwitchExpression);
    }

    private sealed class Comparison(INamedTypeSymbol? extensions, EnvironmentSpelling spelling)
    {
        public void AnalyzeOperator(SyntaxNodeAnalysisContext context)
        {
            var comparison = (BinaryExpressionSyntax)context.Node;
            Compare(context, comparison.Left, comparison.Right);
        }

        public void AnalyzeCall(SyntaxNodeAnalysisContext context)
        {
            var call = (InvocationExpressionSyntax)context.Node;
            var arguments = call.ArgumentList.Arguments;
            switch (EnvironmentApi.CalledName(call))
            {
                // Either env.IsEnvironment("name") or HostEnvironmentEnvExtensions.IsEnvironment(env, "name").
                case "IsEnvironment" when arguments.Count is 1 or 2 && IsExtension(context, call):
                    var named = arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == "environmentName");
                    Judge(context, (named ?? arguments.Last()).Expression);
                    break;
                case nameof(Equals)
                    when arguments.Count > 0 && call.Expression is MemberAccessExpressionSyntax { Expression: var receiver }:
                    // Either a.Equals(b, how) or string.Equals(a, b, how); in the other form the pair holds no name or no text.
                    Compare(context, receiver, arguments[0].Expression);
                    if (arguments.Count > 1)
                    {
                        Compare(context, arguments[0].Expression, arguments[1].Expression);
                    }

                    break;
            }
        }

        public void AnalyzePattern(SyntaxNodeAnalysisContext context)
        {
            var test = (IsPatternExpressionSyntax)context.Node;
            if (TreeFacts.Of(test.SyntaxTree).NamesEnvironment(context.CancellationToken))
            {
                JudgeAll(context, test.Expression, EnvironmentNameUse.Constants(test.Pattern));
            }
        }

        public void AnalyzeSwitch(SyntaxNodeAnalysisContext context)
        {
            if (TreeFacts.Of(context.Node.SyntaxTree).NamesEnvironment(context.CancellationToken))
            {
                var (governing, names) = EnvironmentNameUse.Switch(context.Node);
                JudgeAll(context, governing, names);
            }
        }

        private bool IsExtension(SyntaxNodeAnalysisContext context, InvocationExpressionSyntax call) =>
            context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol is { } method
            && SymbolEqualityComparer.Default.Equals(method.ContainingType, extensions);

        private void Compare(SyntaxNodeAnalysisContext context, ExpressionSyntax left, ExpressionSyntax right)
        {
            if (!TreeFacts.Of(context.Node.SyntaxTree).NamesEnvironment(context.CancellationToken))
            {
                return;
            }

            // Most comparisons are with something that isn't even a text.
            JudgeAll(context, left, EnvironmentNameUse.MayBeText(right) ? [right] : []);
            JudgeAll(context, right, EnvironmentNameUse.MayBeText(left) ? [left] : []);
        }

        private void JudgeAll(SyntaxNodeAnalysisContext context, ExpressionSyntax compared, IEnumerable<ExpressionSyntax> names)
        {
            if (!EnvironmentNameUse.MayBe(compared))
            {
                return;
            }

            bool? isName = null;
            foreach (var name in names)
            {
                if (
                    Meant(context, name) is var (text, meant)
                    && (isName ??= EnvironmentNameUse.Is(compared, context.SemanticModel, context.CancellationToken)) == true
                )
                {
                    Report(context, name, text, meant);
                }
            }
        }

        private void Judge(SyntaxNodeAnalysisContext context, ExpressionSyntax expression)
        {
            if (Meant(context, expression) is var (text, meant))
            {
                Report(context, expression, text, meant);
            }
        }

        private (string Text, string Meant)? Meant(SyntaxNodeAnalysisContext context, ExpressionSyntax expression) =>
            context.SemanticModel.GetConstantValue(expression, context.CancellationToken) is { Value: string text }
            && spelling.Meant(text, context.CancellationToken) is { } meant
                ? (text, meant)
                : null;

        private static void Report(SyntaxNodeAnalysisContext context, ExpressionSyntax expression, string text, string meant) =>
            context.ReportDiagnostic(
                Diagnostic.Create(
                    Descriptor,
                    expression.GetLocation(),
                    ImmutableDictionary<string, string?>.Empty.Add(Rules.Suggestion, meant),
                    text,
                    meant
                )
            );
    }
}
