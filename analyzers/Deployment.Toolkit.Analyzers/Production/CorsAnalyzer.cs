using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK4003: a CORS policy that production uses and that lets any origin in, or a developer's machine.</summary>
public sealed class CorsAnalyzer : CodeRule
{
    private const string Builder = "Microsoft.AspNetCore.Cors.Infrastructure.CorsPolicyBuilder";
    private const string NameOrigins = "Name the origins with WithOrigins, or guard it with IsDevelopment().";
    private const string FromConfiguration = "Read origins from configuration, or guard it with IsDevelopment().";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.OpenCors];

    internal override void Start(CodeActions code)
    {
        if (code.Compilation.GetTypeByMetadataName(Builder) is { } builder && !TestProject.Is(code.Compilation))
        {
            code.OnCall(c => AnalyzeCall(c, builder), "AllowAnyOrigin", "SetIsOriginAllowed", "WithOrigins");
            code.OnNode(AnalyzeAssignment, SyntaxKind.SimpleAssignmentExpression);
        }
    }

    private static void AnalyzeCall(SyntaxNodeAnalysisContext context, INamedTypeSymbol builder)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        var name = CalledName.Of(call)!.Identifier.ValueText;
        if (
            !SymbolEqualityComparer.Default.Equals(
                context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol?.ContainingType,
                builder
            )
        )
        {
            return;
        }

        switch (name)
        {
            case "AllowAnyOrigin":
            case "SetIsOriginAllowed"
                when call.ArgumentList.Arguments is { Count: 1 } only
                    && AlwaysTrue.Is(only[0].Expression, context.SemanticModel, context.CancellationToken):
                Report(context, call, CalledName.Location(call), AnyOrigin(call, name), NameOrigins);
                break;
            case "WithOrigins":
                AnalyzeOrigins(context, call);
                break;
        }
    }

    private static void AnalyzeOrigins(SyntaxNodeAnalysisContext context, InvocationExpressionSyntax call)
    {
        foreach (
            var text in call
                .ArgumentList.DescendantNodes()
                .OfType<ExpressionSyntax>()
                .Where(e => e is LiteralExpressionSyntax or IdentifierNameSyntax or MemberAccessExpressionSyntax)
        )
        {
            if (
                text.Parent is not (ArgumentSyntax or InitializerExpressionSyntax or ExpressionElementSyntax)
                || ConstantText.Of(text, context.SemanticModel, context.CancellationToken) is not { } origin
            )
            {
                continue;
            }

            if (origin.Trim() == "*")
            {
                Report(context, call, text.GetLocation(), AnyOrigin(call, "WithOrigins"), NameOrigins);
                return;
            }

            if (LocalHost.IsUrl(origin))
            {
                Report(context, call, text.GetLocation(), $"'{origin}' is an allowed origin", FromConfiguration);
                return;
            }
        }
    }

    private static void AnalyzeAssignment(SyntaxNodeAnalysisContext context)
    {
        var assignment = (AssignmentExpressionSyntax)context.Node;
        var name = (assignment.Left as MemberAccessExpressionSyntax)?.Name ?? assignment.Left as SimpleNameSyntax;
        if (
            name?.Identifier.ValueText == "IsOriginAllowed"
            && AlwaysTrue.Is(assignment.Right, context.SemanticModel, context.CancellationToken)
            && context.SemanticModel.GetSymbolInfo(assignment.Left, context.CancellationToken).Symbol
                is IPropertySymbol { ContainingType.Name: "CorsPolicy" }
        )
        {
            Report(context, assignment, name.GetLocation(), AnyOrigin(assignment, "IsOriginAllowed"), NameOrigins);
        }
    }

    private static string AnyOrigin(SyntaxNode node, string name)
    {
        var policy = node.FirstAncestorOrSelf<SyntaxNode>(n => n is AnonymousFunctionExpressionSyntax or StatementSyntax);
        var withCredentials =
            policy?.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == "AllowCredentials") == true;
        return $"'{name}' lets every site call this app{(withCredentials ? " as the visitor, with credentials," : "")}";
    }

    private static void Report(SyntaxNodeAnalysisContext context, SyntaxNode node, Location location, string what, string mend)
    {
        if (
            DevelopmentGuard.Severity(node, context.SemanticModel, context.CancellationToken) is { } severity
            && !IsPolicyOfDevelopment(node, context)
        )
        {
            context.ReportDiagnostic(
                Diagnostic.Create(Rules.OpenCors, location, severity, additionalLocations: null, properties: null, what, mend)
            );
        }
    }

    // A policy may be declared for all and used in development alone.
    private static bool IsPolicyOfDevelopment(SyntaxNode node, SyntaxNodeAnalysisContext context)
    {
        var declaration = node.Ancestors()
            .OfType<InvocationExpressionSyntax>()
            .FirstOrDefault(call =>
                EnvironmentApi.CalledName(call) is "AddPolicy" or "AddDefaultPolicy" && call.ArgumentList.Span.Contains(node.Span)
            );
        if (declaration is null)
        {
            return false;
        }

        var isDefault = EnvironmentApi.CalledName(declaration) == "AddDefaultPolicy";
        var policy = isDefault
            ? null
            : ConstantText.Of(
                declaration.ArgumentList.Arguments.FirstOrDefault()?.Expression,
                context.SemanticModel,
                context.CancellationToken
            );
        if (!isDefault && (policy is null || EnvironmentWords.NamesDevelopment(policy)))
        {
            return policy is not null;
        }

        var uses = 0;
        foreach (var name in (string[])["UseCors", "RequireCors"])
        {
            foreach (var (call, model) in SourceSearch.Calls(context.Compilation, name, context.CancellationToken))
            {
                if (!Names(call, model))
                {
                    continue;
                }

                uses++;
                if (!DevelopmentGuard.Protects(call, model, context.CancellationToken))
                {
                    return false;
                }
            }
        }

        return uses > 0
            && !SourceSearch
                .Nodes<AttributeSyntax>(
                    context.Compilation,
                    "EnableCors",
                    a => a.Name.ToString().Contains("EnableCors"),
                    context.CancellationToken
                )
                .Any();

        bool Names(InvocationExpressionSyntax call, SemanticModel model) =>
            call.ArgumentList.Arguments.FirstOrDefault() is not { } first
                ? isDefault
                : first.Expression is not AnonymousFunctionExpressionSyntax
                    && !isDefault
                    && (ConstantText.Of(first.Expression, model, context.CancellationToken) is not { } used || used == policy);
    }
}
