using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK2006: a configuration file is added after environment variables, which then no longer override it.</summary>
public sealed class ProviderOrderAnalyzer : CodeRule
{
    private const string AddEnvironmentVariables = "AddEnvironmentVariables";

    private static readonly string[] s_files = ["AddJsonFile", "AddXmlFile", "AddIniFile", "AddYamlFile", "AddTomlFile"];

    // A developer's own file, or one that a vault or orchestrator mounts, is meant to have the last word.
    private static readonly Regex s_meantToWin = new(
        "local|secret|user|overrid|development|dev\\.|debug|test|machine|^/",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        TimeSpan.FromSeconds(1)
    );

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.ProviderOrder];

    internal override void Start(CodeActions code)
    {
        if (
            code.Compilation.GetTypeByMetadataName("Microsoft.Extensions.Configuration.IConfigurationBuilder") is not null
            && !TestProject.Is(code.Compilation)
        )
        {
            code.OnCall(Analyze, s_files);
        }
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        if (
            Scope(call) is not { } scope
            || context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol is not IMethodSymbol { IsExtensionMethod: true }
        )
        {
            return;
        }

        var root = Root(call);
        var calls = scope
            .DescendantNodes(n => n == scope || n is not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax)
            .OfType<InvocationExpressionSyntax>()
            .Where(other => Root(other).ToString() == root.ToString())
            .OrderBy(Position)
            .ToList();
        var variables = calls.Where(c => EnvironmentApi.CalledName(c) == AddEnvironmentVariables).ToList();
        if (
            scope
                .DescendantNodes()
                .OfType<InvocationExpressionSyntax>()
                .Any(c => EnvironmentApi.CalledName(c) == AddEnvironmentVariables && Position(c) > Position(call))
            || DevelopmentGuard.Protects(call, context.SemanticModel, context.CancellationToken)
        )
        {
            return;
        }

        var file = File(context, call);
        var isExplicit = variables.Any(v => !IsOfHost(context, v));
        var severity = Severity(file, isExplicit, isExplicit || (!TouchesSources(scope, root) && IsPreloaded(context, root, scope)));

        // Where several files follow, the order of one pair is the defect: it is said once.
        var isRepeated = calls.Any(c =>
            Position(c) < Position(call)
            && IsFile(EnvironmentApi.CalledName(c))
            && (!isExplicit || Position(c) > Position(variables[0]))
            && Severity(File(context, c), isExplicit, hasVariables: true) == severity
        );
        if (severity is { } effective && !isRepeated)
        {
            context.ReportDiagnostic(
                Diagnostic.Create(
                    Rules.ProviderOrder,
                    CalledName.Location(call),
                    effective,
                    additionalLocations: null,
                    properties: null,
                    file is null ? "This file" : $"'{file}'"
                )
            );
        }
    }

    private static bool IsFile(string? method) => s_files.Contains(method);

    private static DiagnosticSeverity? Severity(string? file, bool isExplicit, bool hasVariables)
    {
        if (!hasVariables || (file is null && !isExplicit) || (file is not null && s_meantToWin.IsMatch(file)))
        {
            return null;
        }

        // A file of its own subject (ocelot.json) seldom shares a key with a variable; the app's settings always may.
        return isExplicit || file!.IndexOf("appsettings", StringComparison.OrdinalIgnoreCase) >= 0
            ? DiagnosticSeverity.Warning
            : DiagnosticSeverity.Info;
    }

    private static string? File(SyntaxNodeAnalysisContext context, InvocationExpressionSyntax call)
    {
        foreach (var argument in call.ArgumentList.Arguments.Take(2))
        {
            // Path.Combine(folder, "appsettings.json")
            var path =
                argument.Expression is InvocationExpressionSyntax combine && EnvironmentApi.CalledName(combine) == "Combine"
                    ? combine.ArgumentList.Arguments.LastOrDefault()?.Expression ?? argument.Expression
                    : argument.Expression;
            var text = path is InterpolatedStringExpressionSyntax interpolated
                ? string.Concat(
                    interpolated.Contents.Select(c =>
                        c is InterpolationSyntax hole
                            ? ConstantText.Of(hole.Expression, context.SemanticModel, context.CancellationToken) ?? hole.ToString()
                            : c.ToString()
                    )
                )
                : ConstantText.Of(path, context.SemanticModel, context.CancellationToken);
            if (text is not null)
            {
                return text;
            }
        }

        return null;
    }

    // Variables by the host's own prefix set up the host, not the app.
    private static bool IsOfHost(SyntaxNodeAnalysisContext context, InvocationExpressionSyntax variables) =>
        ConstantText.Of(variables.ArgumentList.Arguments.FirstOrDefault()?.Expression, context.SemanticModel, context.CancellationToken)
            is "DOTNET_"
                or "ASPNETCORE_";

    /// <summary>Whether a host's builder has added environment variables already.</summary>
    private static bool IsPreloaded(SyntaxNodeAnalysisContext context, ExpressionSyntax root, SyntaxNode scope)
    {
        if (root is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Configuration", Expression: var builder })
        {
            return context.SemanticModel.GetTypeInfo(builder, context.CancellationToken).Type?.Name
                    is "WebApplicationBuilder"
                        or "HostApplicationBuilder"
                        or "IHostApplicationBuilder"
                && !IsMadeBy(context, builder, "CreateEmptyBuilder");
        }

        // var configuration = builder.Configuration;
        if (
            root is IdentifierNameSyntax
            && context.SemanticModel.GetSymbolInfo(root, context.CancellationToken).Symbol is ILocalSymbol local
            && ConstantText.Initializer(local, context.SemanticModel, context.CancellationToken) is MemberAccessExpressionSyntax alias
        )
        {
            return IsPreloaded(context, alias, scope);
        }

        // The parameter of ConfigureAppConfiguration((context, configuration) => …)
        return scope is AnonymousFunctionExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax configure } }
            && EnvironmentApi.CalledName(configure) == "ConfigureAppConfiguration"
            && IsDefaultHost(context, Root(configure));
    }

    // Sources.Clear(), Sources.Insert(0, …): what the host has added may be gone or stand elsewhere.
    private static bool TouchesSources(SyntaxNode scope, ExpressionSyntax root) =>
        scope
            .DescendantNodes()
            .OfType<MemberAccessExpressionSyntax>()
            .Any(access => access.Name.Identifier.ValueText == "Sources" && access.Expression.ToString() == root.ToString());

    private static bool IsDefaultHost(SyntaxNodeAnalysisContext context, ExpressionSyntax host)
    {
        switch (host)
        {
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Host" or "WebHost" }:
                return true;
            case IdentifierNameSyntax { Identifier.ValueText: "Host" or "WebHost" }:
                // Root() goes as far as the type in Host.CreateDefaultBuilder(args).
                return host.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CreateDefaultBuilder" };
            case IdentifierNameSyntax name:
                var symbol = context.SemanticModel.GetSymbolInfo(name, context.CancellationToken).Symbol;
                return symbol is IParameterSymbol
                    ? name.FirstAncestorOrSelf<InvocationExpressionSyntax>(c => EnvironmentApi.CalledName(c) == "ConfigureWebHostDefaults")
                        is not null
                    : IsMadeBy(context, name, "CreateDefaultBuilder");
            default:
                return false;
        }
    }

    private static bool IsMadeBy(SyntaxNodeAnalysisContext context, ExpressionSyntax local, string method) =>
        context.SemanticModel.GetSymbolInfo(local, context.CancellationToken).Symbol is ILocalSymbol symbol
        && ConstantText.Initializer(symbol, context.SemanticModel, context.CancellationToken) is { } made
        && made.ToString().Contains(method);

    private static SyntaxNode? Scope(SyntaxNode node) =>
        node.FirstAncestorOrSelf<SyntaxNode>(n =>
            n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or CompilationUnitSyntax
        );

    // In a chain the order is that of the names, all of which start in the same place.
    private static int Position(InvocationExpressionSyntax call) => CalledName.Of(call)?.SpanStart ?? call.SpanStart;

    private static ExpressionSyntax Root(InvocationExpressionSyntax call)
    {
        var expression = (ExpressionSyntax)call;
        while (expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var receiver } })
        {
            expression = receiver;
        }

        return expression;
    }
}
