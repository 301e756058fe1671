using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK6004: an endpoint that is named for liveness runs checks of databases and other services.</summary>
public sealed class LivenessAnalyzer : CodeRule
{
    private static readonly Regex s_liveness = Pattern("(^|[/_-])(live|livez|liveness|liveliness|alive|alivez)($|[/_-])");

    private static readonly Regex s_dependency = Pattern(
        "Db|Database|Sql|Oracle|Redis|Mongo|Rabbit|Kafka|Nats|Queue|Bus|Url|Uri|Http|Endpoint|Smtp|Ldap|Ftp|Tcp|Ping|Dns|Storage|Blob|Cosmos|Dynamo|Elastic|Solr|"
            + "Azure|Aws|S3|Gcp|Vault|Consul|IdentityServer|Dependency|Remote|External|Connection|Minio|Arango|Cassandra|Neo4|InfluxDB|SignalR",
        RegexOptions.None
    );

    private static readonly string[] s_dependencyTypes =
    [
        "HttpClient",
        "IHttpClientFactory",
        "DbConnection",
        "DbDataSource",
        "NpgsqlDataSource",
        "IDbConnection",
        "IConnectionMultiplexer",
        "IMongoClient",
        "IMongoDatabase",
        "IConnection",
    ];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.DependencyOnLiveness];

    internal override void Start(CodeActions code)
    {
        if (
            code.Compilation.GetTypeByMetadataName("Microsoft.AspNetCore.Diagnostics.HealthChecks.HealthCheckOptions") is not null
            && !TestProject.Is(code.Compilation)
        )
        {
            var dependencies = new OnDemand<List<Dependency>>(cancellationToken => [.. Find(code.Compilation, cancellationToken)]);
            code.OnCall(c => Analyze(c, dependencies), "MapHealthChecks", "UseHealthChecks");
        }
    }

    private static void Analyze(SyntaxNodeAnalysisContext context, OnDemand<List<Dependency>> dependencies)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        if (
            call.ArgumentList.Arguments.FirstOrDefault() is not { } first
            || ConstantText.Of(first.Expression, context.SemanticModel, context.CancellationToken) is not { } path
            || !s_liveness.IsMatch(path)
        )
        {
            return;
        }

        Func<Dependency, bool>? runs = _ => true;
        if (call.ArgumentList.Arguments.Skip(1).LastOrDefault()?.Expression is { } options and not LiteralExpressionSyntax)
        {
            runs = Selection(options, context);
        }

        if (runs is not null && dependencies.Get(context.CancellationToken).FirstOrDefault(runs) is { } dependency)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.DependencyOnLiveness, first.GetLocation(), path, dependency.Name));
        }
    }

    /// <summary>Which checks the options let run; <see langword="null"/> when the code does not tell.</summary>
    private static Func<Dependency, bool>? Selection(ExpressionSyntax options, SyntaxNodeAnalysisContext context)
    {
        if (
            options is IdentifierNameSyntax name
            && context.SemanticModel.GetSymbolInfo(name, context.CancellationToken).Symbol is { } symbol
        )
        {
            options = ConstantText.Initializer(symbol, context.SemanticModel, context.CancellationToken) ?? options;
        }

        if (options is not BaseObjectCreationExpressionSyntax creation)
        {
            return null;
        }

        var predicate = creation
            .Initializer?.Expressions.OfType<AssignmentExpressionSyntax>()
            .FirstOrDefault(a => a.Left is IdentifierNameSyntax { Identifier.ValueText: "Predicate" })
            ?.Right;
        if (
            predicate is null
            || (
                predicate.SyntaxTree == context.Node.SyntaxTree
                && AlwaysTrue.Is(predicate, context.SemanticModel, context.CancellationToken)
            )
        )
        {
            return _ => true;
        }

        // check => check.Tags.Contains("live")
        return
            predicate
                is LambdaExpressionSyntax
                {
                    ExpressionBody: InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } only } contains
                }
            && EnvironmentApi.CalledName(contains) == "Contains"
            && contains.Expression.ToString().Contains(".Tags")
            && predicate.SyntaxTree == context.Node.SyntaxTree
            && ConstantText.Of(only[0].Expression, context.SemanticModel, context.CancellationToken) is { } tag
            ? dependency => dependency.Tags.Contains(tag)
            : null;
    }

    private static IEnumerable<Dependency> Find(Compilation compilation, CancellationToken cancellationToken)
    {
        foreach (
            var (call, model) in SourceSearch.Nodes<InvocationExpressionSyntax>(
                compilation,
                "HealthCheck",
                c => EnvironmentApi.CalledName(c)?.StartsWith("Add", StringComparison.Ordinal) == true,
                cancellationToken
            )
        )
        {
            if (HealthRegistration.Of(call, model, cancellationToken) is { } registration && IsDependency(registration))
            {
                var tags = call
                    .ArgumentList.Arguments.Where(a => registration.ParameterOf(a)?.Name == "tags")
                    .SelectMany(a => a.DescendantNodes().OfType<ExpressionSyntax>())
                    .Select(e => ConstantText.Of(e, model, cancellationToken))
                    .OfType<string>();
                yield return new Dependency(registration.Name(model, cancellationToken), [.. tags]);
            }
        }
    }

    private static bool IsDependency(HealthRegistration registration)
    {
        if (registration.Method.Name is not ("AddCheck" or "AddAsyncCheck" or "AddTypeActivatedCheck"))
        {
            return s_dependency.IsMatch(registration.Method.Name);
        }

        return registration.Method.TypeArguments.FirstOrDefault() is INamedTypeSymbol check
            && (
                s_dependency.IsMatch(check.Name)
                || check.InstanceConstructors.SelectMany(c => c.Parameters).Any(p => IsDependencyType(p.Type))
            );
    }

    private static bool IsDependencyType(ITypeSymbol type) =>
        s_dependencyTypes.Contains(type.Name)
        || type.Name.EndsWith("DbContext", StringComparison.Ordinal)
        || type.BaseType is { Name: "DbContext" or "DbConnection" };

    private static Regex Pattern(string pattern, RegexOptions options = RegexOptions.IgnoreCase) =>
        new(pattern, options | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    private sealed record Dependency(string Name, ImmutableArray<string> Tags);
}
