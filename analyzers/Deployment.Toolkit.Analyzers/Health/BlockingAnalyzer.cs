using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK6002: a health check or a step that blocks its thread, or calls on without the token that it was given.</summary>
public sealed class BlockingAnalyzer : CodeRule
{
    private static readonly string[] s_methods = ["CheckHealthAsync", "ExecuteAsync", "RevertAsync", "ProbeAsync", "DescribeAsync"];

    private static readonly string[] s_remote = ["DbConnection", "DbCommand", "DatabaseFacade", "HttpClient", "TcpClient"];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.Blocks];

    internal override void Start(CodeActions code)
    {
        var check = code.Compilation.GetTypeByMetadataName("Microsoft.Extensions.Diagnostics.HealthChecks.IHealthCheck");
        var step = code.Compilation.GetTypeByMetadataName("Deployment.Toolkit.DeploymentStep");
        if ((check is not null || step is not null) && !TestProject.Is(code.Compilation))
        {
            code.OnNode(c => Analyze(c, check, step), SyntaxKind.ClassDeclaration, SyntaxKind.RecordDeclaration);
        }
    }

    private static void Analyze(SyntaxNodeAnalysisContext context, INamedTypeSymbol? check, INamedTypeSymbol? step)
    {
        var declaration = (TypeDeclarationSyntax)context.Node;
        if (declaration.BaseList is null || context.SemanticModel.GetDeclaredSymbol(declaration, context.CancellationToken) is not { } type)
        {
            return;
        }

        var kind =
            check is not null && type.AllInterfaces.Contains(check, SymbolEqualityComparer.Default) ? "Health check"
            : StepClass.Derives(type, step) ? "Step"
            : null;
        foreach (var method in kind is null ? [] : declaration.Members.OfType<MethodDeclarationSyntax>())
        {
            var blocks = ReportBlocking(context, method, $"{kind} '{type.Name}'");
            if (!blocks && s_methods.Contains(method.Identifier.ValueText))
            {
                ReportIgnoredToken(context, method, $"{kind} '{type.Name}'");
            }
        }
    }

    private static bool ReportBlocking(SyntaxNodeAnalysisContext context, MethodDeclarationSyntax method, string subject)
    {
        var any = false;
        foreach (var access in method.DescendantNodes().OfType<MemberAccessExpressionSyntax>())
        {
            var how = access.Name.Identifier.ValueText switch
            {
                "Result" when access.Parent is not InvocationExpressionSyntax && IsTask(access.Expression) && !IsAwaited(method, access) =>
                    ".Result",
                "Wait" when access.Parent is InvocationExpressionSyntax && IsTask(access.Expression) => ".Wait()",
                "GetResult"
                    when access.Expression is InvocationExpressionSyntax awaiter
                        && EnvironmentApi.CalledName(awaiter) == "GetAwaiter"
                        && CalledName.Receiver(awaiter) is { } task
                        && IsTask(task) => ".GetAwaiter().GetResult()",
                "Sleep"
                    when context.SemanticModel.GetSymbolInfo(access, context.CancellationToken).Symbol
                        is IMethodSymbol { ContainingType.Name: "Thread" } => "Thread.Sleep",
                _ => null,
            };
            if (how is not null)
            {
                any = true;
                context.ReportDiagnostic(
                    Diagnostic.Create(
                        Rules.Blocks,
                        access.Name.GetLocation(),
                        $"{subject} blocks its thread by {how}, where no timeout reaches it. "
                            + $"{(how == "Thread.Sleep" ? "Await Task.Delay with the token" : "Await the task")}."
                    )
                );
            }
        }

        return any;

        bool IsTask(ExpressionSyntax expression) =>
            context.SemanticModel.GetTypeInfo(expression, context.CancellationToken).Type
                is { Name: "Task" or "ValueTask" or "ConfiguredTaskAwaitable" or "ConfiguredValueTaskAwaitable" };
    }

    // await Task.WhenAll(a, b); … a.Result: done already, so that nothing waits.
    private static bool IsAwaited(MethodDeclarationSyntax method, MemberAccessExpressionSyntax access) =>
        access.Expression is IdentifierNameSyntax task
        && method
            .DescendantNodes()
            .OfType<AwaitExpressionSyntax>()
            .Any(a =>
                a.SpanStart < access.SpanStart
                && a.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == task.Identifier.ValueText)
            );

    private static void ReportIgnoredToken(SyntaxNodeAnalysisContext context, MethodDeclarationSyntax method, string subject)
    {
        var token = method.ParameterList.Parameters.FirstOrDefault(p =>
            p.Type?.ToString().EndsWith("CancellationToken", StringComparison.Ordinal) == true
        );
        var body = (SyntaxNode?)method.Body ?? method.ExpressionBody;
        if (
            token is null
            || body is null
            || body.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == token.Identifier.ValueText)
        )
        {
            return;
        }

        if (body.DescendantNodes().OfType<InvocationExpressionSyntax>().FirstOrDefault(call => TakesToken(call, context)) is { } deaf)
        {
            context.ReportDiagnostic(
                Diagnostic.Create(
                    Rules.Blocks,
                    token.Identifier.GetLocation(),
                    $"{subject} ignores '{token.Identifier.ValueText}', so that it goes on after its timeout. Pass it "
                        + $"{Whereto(deaf, context)}."
                )
            );
        }
    }

    private static string Whereto(InvocationExpressionSyntax call, SyntaxNodeAnalysisContext context)
    {
        var name = EnvironmentApi.CalledName(call);
        return context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol is IMethodSymbol method && HasAsyncTwin(method)
            ? $"to '{name}Async' in place of '{name}'"
            : $"to '{name}'";
    }

    // connection.Open() beside OpenAsync(token): what asks another machine and cannot be told to stop.
    private static bool HasAsyncTwin(IMethodSymbol method)
    {
        for (var type = method.ContainingType; type is not null; type = type.BaseType)
        {
            if (s_remote.Contains(type.Name) && type.GetMembers(method.Name + "Async").OfType<IMethodSymbol>().Any(HasToken))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TakesToken(InvocationExpressionSyntax call, SyntaxNodeAnalysisContext context) =>
        context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol is IMethodSymbol method
        && (
            HasAsyncTwin(method)
            || (
                method.ReturnType.Name is "Task" or "ValueTask" or "IAsyncEnumerable"
                && (
                    HasToken(method)
                    || (method.ReducedFrom ?? method).ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>().Any(HasToken)
                )
            )
        );

    private static bool HasToken(IMethodSymbol method) => method.Parameters.Any(p => p.Type.Name == "CancellationToken");
}
