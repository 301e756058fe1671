using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK2003: the host's environment is compared with a name that nearly is a declared one.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EnvironmentNameAnalyzer : DiagnosticAnalyzer
{
    internal const string Id = "DTK2003";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id, "An environment's name is misspelt", "Environment '{0}' is not declared. Did you mean '{1}'?", Rules.Environments,
        DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A comparison with a name that no environment has is never true, and nothing says so at run time.",
        helpLinkUri: Rules.HelpLink(Id));

    private static readonly string[] s_wellKnown = ["Development", "Staging", "Production"];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptor];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Microsoft.Extensions.Hosting.IHostEnvironment") is not { } environment)
            {
                return;
            }

            var rule = new Comparison(
                environment,
                start.Compilation.GetTypeByMetadataName("Microsoft.Extensions.Hosting.HostEnvironmentEnvExtensions"),
                EnvironmentApi.Find(start.Compilation) is { } api ? new DeclaredEnvironments(start, api) : null);
            start.RegisterSyntaxNodeAction(rule.AnalyzeCall, SyntaxKind.InvocationExpression);
            start.RegisterSyntaxNodeAction(rule.AnalyzeOperator, SyntaxKind.EqualsExpression, SyntaxKind.NotEqualsExpression);
        });
    }

    private sealed class Comparison(INamedTypeSymbol hostEnvironment, INamedTypeSymbol? extensions, DeclaredEnvironments? declared)
    {
        private const string EnvironmentName = "EnvironmentName";

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
                case nameof(Equals) when arguments.Count > 0 &&
                    call.Expression is MemberAccessExpressionSyntax { Expression: var receiver }:
                    // Either a.Equals(b, how) or string.Equals(a, b, how); in the other form the pair holds no name or no text.
                    Compare(context, receiver, arguments[0].Expression);
                    if (arguments.Count > 1)
                    {
                        Compare(context, arguments[0].Expression, arguments[1].Expression);
                    }

                    break;
            }
        }

        private bool IsExtension(SyntaxNodeAnalysisContext context, InvocationExpressionSyntax call) =>
            context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol is { } method &&
            SymbolEqualityComparer.Default.Equals(method.ContainingType, extensions);

        private void Compare(SyntaxNodeAnalysisContext context, ExpressionSyntax left, ExpressionSyntax right)
        {
            var text = IsEnvironmentName(context, left) ? right : IsEnvironmentName(context, right) ? left : null;
            if (text is not null)
            {
                Judge(context, text);
            }
        }

        private bool IsEnvironmentName(SyntaxNodeAnalysisContext context, ExpressionSyntax expression)
        {
            var name = expression switch
            {
                MemberAccessExpressionSyntax access => access.Name,
                ConditionalAccessExpressionSyntax { WhenNotNull: MemberBindingExpressionSyntax binding } => binding.Name,
                _ => null,
            };
            if (name?.Identifier.ValueText != EnvironmentName ||
                context.SemanticModel.GetSymbolInfo(name,
                    context.CancellationToken).Symbol is not IPropertySymbol { ContainingType: var type })
            {
                return false;
            }

            return SymbolEqualityComparer.Default.Equals(type, hostEnvironment) ||
                type.AllInterfaces.Contains(hostEnvironment, SymbolEqualityComparer.Default);
        }

        private void Judge(SyntaxNodeAnalysisContext context, ExpressionSyntax expression)
        {
            if (context.SemanticModel.GetConstantValue(expression, context.CancellationToken) is not { Value: string text } ||
                s_wellKnown.Contains(text, StringComparer.OrdinalIgnoreCase) ||
                Names(context.CancellationToken) is not { } names ||
                names.Contains(text, StringComparer.OrdinalIgnoreCase) ||
                Spelling.NearMiss(text, names) is not { } suggestion)
            {
                return;
            }

            context.ReportDiagnostic(Diagnostic.Create(
                Descriptor,
                expression.GetLocation(),
                ImmutableDictionary<string, string?>.Empty.Add(Rules.Suggestion, suggestion),
                text,
                suggestion));
        }

        private IReadOnlyCollection<string>? Names(CancellationToken cancellationToken) =>
            declared is null ? s_wellKnown :
            declared.Names(cancellationToken) is { Count: 0 } ? s_wellKnown :
            declared.Names(cancellationToken);
    }
}
