using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK4001: a developer page or a switch that shows details, which no development check guards.</summary>
public sealed class UnguardedDiagnosticsAnalyzer : CodeRule
{
    private const string ShowsExceptions = "shows exceptions with their stack traces to whoever causes them";
    private const string SendsDetails = "sends exception details to clients";
    private const string LogsValues = "writes parameter values into logs and exceptions";
    private const string LogsPersonalData = "writes personal data and tokens into logs";

    private static readonly ImmutableDictionary<string, string> s_calls = ImmutableDictionary.CreateRange(
        StringComparer.Ordinal,
        [
            Pair("UseDeveloperExceptionPage", ShowsExceptions),
            Pair("UseDatabaseErrorPage", ShowsExceptions),
            Pair("UseMigrationsEndPoint", "lets whoever asks migrate the database"),
            Pair("EnableDetailedErrors", "writes column values into exceptions"),
            Pair("EnableSensitiveDataLogging", LogsValues),
            Pair("CaptureStartupErrors", "serves an error page in place of an app that failed to start,"),
            Pair("UseSetting", ShowsExceptions),
        ]
    );

    private static readonly ImmutableDictionary<string, string> s_properties = ImmutableDictionary.CreateRange(
        StringComparer.Ordinal,
        [
            Pair("ShowPII", LogsPersonalData),
            Pair("LogCompleteSecurityArtifact", LogsPersonalData),
            Pair("EnableDetailedErrors", SendsDetails),
            Pair("DetailedErrors", SendsDetails),
            Pair("IncludeExceptionDetails", SendsDetails),
            Pair("IncludeExceptionDetailInFaults", SendsDetails),
            Pair("IncludeErrorDetail", "writes row values into exceptions"),
        ]
    );

    private static readonly string[] s_namespaces =
    [
        "Microsoft.AspNetCore",
        "Microsoft.EntityFrameworkCore",
        "Microsoft.IdentityModel",
        "Grpc",
        "HotChocolate",
        "CoreWCF",
        "System.ServiceModel",
        "Npgsql",
    ];

    private static readonly string[] s_types =
    [
        "Microsoft.AspNetCore.Builder.IApplicationBuilder",
        "Microsoft.AspNetCore.Hosting.IWebHostBuilder",
        "Microsoft.EntityFrameworkCore.DbContextOptionsBuilder",
        "Microsoft.IdentityModel.Logging.IdentityModelEventSource",
        "Grpc.AspNetCore.Server.GrpcServiceOptions",
        "CoreWCF.Description.ServiceDebugBehavior",
        "Npgsql.NpgsqlConnectionStringBuilder",
    ];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.UnguardedDiagnostics];

    internal override void Start(CodeActions code)
    {
        if (s_types.Any(type => code.Compilation.GetTypeByMetadataName(type) is not null) && !TestProject.Is(code.Compilation))
        {
            code.OnCall(AnalyzeCall, [.. s_calls.Keys]);
            code.OnNode(AnalyzeAssignment, SyntaxKind.SimpleAssignmentExpression);
        }
    }

    private static void AnalyzeCall(SyntaxNodeAnalysisContext context)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        var name = CalledName.Of(call)!.Identifier.ValueText;
        var arguments = call.ArgumentList.Arguments;
        var isOn = name switch
        {
            "UseSetting" => arguments.Count == 2
                && IsDetailedErrors(arguments[0].Expression)
                && bool.TryParse(Text(arguments[1]), out var on)
                && on,
            "CaptureStartupErrors" => arguments.Count == 1 && IsTrue(context, arguments[0].Expression),
            "EnableDetailedErrors" or "EnableSensitiveDataLogging" => arguments.Count == 0 || IsTrue(context, arguments[0].Expression),
            _ => true,
        };
        if (
            isOn
            && context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol is IMethodSymbol method
            && IsOfFramework(method, context.Compilation)
        )
        {
            Report(context, call, CalledName.Location(call), name, s_calls[name]);
        }

        // The key is a readonly field of WebHostDefaults, so no constant.
        bool IsDetailedErrors(ExpressionSyntax key) =>
            key is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "DetailedErrorsKey" }
            || string.Equals(
                ConstantText.Of(key, context.SemanticModel, context.CancellationToken),
                "detailedErrors",
                StringComparison.OrdinalIgnoreCase
            );

        string? Text(ArgumentSyntax argument) => ConstantText.Of(argument.Expression, context.SemanticModel, context.CancellationToken);
    }

    private static void AnalyzeAssignment(SyntaxNodeAnalysisContext context)
    {
        var assignment = (AssignmentExpressionSyntax)context.Node;
        var name = assignment.Left switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } => member,
            IdentifierNameSyntax { Identifier.ValueText: var member } => member,
            _ => "",
        };
        if (
            s_properties.TryGetValue(name, out var effect)
            && IsTrue(context, assignment.Right)
            && context.SemanticModel.GetSymbolInfo(assignment.Left, context.CancellationToken).Symbol
                is { Kind: SymbolKind.Property or SymbolKind.Field } symbol
            && IsOfFramework(symbol, context.Compilation)
        )
        {
            Report(context, assignment, assignment.GetLocation(), name, effect);
        }
    }

    private static void Report(SyntaxNodeAnalysisContext context, SyntaxNode node, Location location, string name, string effect)
    {
        if (DevelopmentGuard.Severity(node, context.SemanticModel, context.CancellationToken) is { } severity)
        {
            context.ReportDiagnostic(
                Diagnostic.Create(Rules.UnguardedDiagnostics, location, severity, additionalLocations: null, properties: null, name, effect)
            );
        }
    }

    private static bool IsTrue(SyntaxNodeAnalysisContext context, ExpressionSyntax expression) =>
        context.SemanticModel.GetConstantValue(expression, context.CancellationToken) is { Value: true };

    private static bool IsOfFramework(ISymbol symbol, Compilation compilation)
    {
        var space = symbol.ContainingNamespace?.ToDisplayString() ?? "";
        return !SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, compilation.Assembly)
            && s_namespaces.Any(n => space.StartsWith(n, StringComparison.Ordinal));
    }

    private static System.Collections.Generic.KeyValuePair<string, string> Pair(string name, string effect) => new(name, effect);
}
