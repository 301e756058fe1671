using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK6001: a health check is registered without the timeout that its method takes.</summary>
public sealed class HealthTimeoutAnalyzer : CodeRule
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.HealthTimeout];

    internal override void Start(CodeActions code)
    {
        if (
            code.Compilation.GetTypeByMetadataName("Microsoft.Extensions.DependencyInjection.IHealthChecksBuilder") is not null
            && !TestProject.Is(code.Compilation)
        )
        {
            code.OnNode(Analyze, SyntaxKind.InvocationExpression);
        }
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        if (
            HealthRegistration.Of(call, context.SemanticModel, context.CancellationToken) is not { } registration
            || !TakesTimeout(registration.Method)
            || GivesTimeout(call, registration)
            || IsInstant(call)
            || HasTimeoutForAll(context)
        )
        {
            return;
        }

        context.ReportDiagnostic(
            Diagnostic.Create(
                Rules.HealthTimeout,
                CalledName.Location(call),
                registration.Name(context.SemanticModel, context.CancellationToken)
            )
        );
    }

    // Apart, so that what the query holds on to is not made for every call there is.
    private static bool GivesTimeout(InvocationExpressionSyntax call, HealthRegistration registration) =>
        call.ArgumentList.Arguments.Any(a => registration.ParameterOf(a)?.Name == "timeout");

    // Without such a parameter it cannot be mended in the call.
    private static bool TakesTimeout(IMethodSymbol method) =>
        method
            .ContainingType.GetMembers(method.Name)
            .OfType<IMethodSymbol>()
            .Any(other => other.TypeParameters.Length == method.TypeParameters.Length && other.Parameters.Any(p => p.Name == "timeout"));

    // AddCheck("self", () => HealthCheckResult.Healthy()): a timeout cannot interrupt it, and it needs none.
    private static bool IsInstant(InvocationExpressionSyntax call) =>
        EnvironmentApi.CalledName(call) == "AddCheck"
        && call.ArgumentList.Arguments.Any(a => a.Expression is AnonymousFunctionExpressionSyntax);

    // services.Configure<HealthCheckServiceOptions>(o => { foreach (var r in o.Registrations) r.Timeout = …; })
    private static bool HasTimeoutForAll(SyntaxNodeAnalysisContext context) =>
        context.Compilation.SyntaxTrees.Any(tree =>
            SourceSearch.Has(tree, "HealthCheckServiceOptions", context.CancellationToken)
            && SourceSearch.Has(tree, ".Timeout", context.CancellationToken)
        );
}
