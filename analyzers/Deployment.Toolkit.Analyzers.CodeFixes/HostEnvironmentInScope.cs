using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Finds how a place can ask for the host's environment: by a variable, or through the app or builder at hand.</summary>
internal static class HostEnvironmentInScope
{
    public const string Extensions = "Microsoft.Extensions.Hosting";

    /// <summary>For example <c>env</c> or <c>app.Environment</c>; <see langword="null"/> when nothing of the kind is in scope.</summary>
    public static string? Find(SemanticModel model, SyntaxNode node)
    {
        var position = node.SpanStart;
        var isStatic = model.GetEnclosingSymbol(position) is { } member && IsStatic(member);
        var symbols = model
            .LookupSymbols(position)
            .Where(s =>
                s switch
                {
                    ILocalSymbol => s.Locations[0].SourceSpan.End < position
                        && s.DeclaringSyntaxReferences.All(r => !r.Span.Contains(position)),
                    IParameterSymbol => true,
                    IFieldSymbol or IPropertySymbol => (s.IsStatic || !isStatic) && s.Locations[0].IsInSource,
                    _ => false,
                }
            )
            .Select(s => (s.Name, Type: TypeOf(s)))
            .ToList();
        return Named(null, "IHostEnvironment", "IWebHostEnvironment")
            ?? Named("Environment", "WebApplication", "WebApplicationBuilder", "HostApplicationBuilder", "IHostApplicationBuilder")
            ?? Named("HostingEnvironment", "WebHostBuilderContext", "HostBuilderContext");

        string? Named(string? property, params string[] types) =>
            symbols
                .Where(s => s.Type is { } type && (types.Contains(type.Name) || type.AllInterfaces.Any(i => types.Contains(i.Name))))
                .OrderBy(s => s.Name, System.StringComparer.Ordinal)
                .Select(s => property is null ? s.Name : s.Name + "." + property)
                .FirstOrDefault();
    }

    /// <summary>
    /// The namespace to import so that <c>environment.IsDevelopment()</c> compiles; <see langword="null"/> when it does already.
    /// </summary>
    public static string? MissingImport(SemanticModel model, SyntaxNode node) =>
        model.Compilation.GetTypeByMetadataName("Microsoft.Extensions.Hosting.IHostEnvironment") is { } environment
        && model.LookupSymbols(node.SpanStart, environment, "IsDevelopment", includeReducedExtensionMethods: true).IsEmpty
            ? Extensions
            : null;

    public static ExpressionSyntax IsDevelopment(string environment) => SyntaxFactory.ParseExpression(environment + ".IsDevelopment()");

    private static bool IsStatic(ISymbol member) =>
        member is { IsStatic: true }
        || (
            member is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction }
            && IsStatic(member.ContainingSymbol)
        );

    private static ITypeSymbol? TypeOf(ISymbol symbol) =>
        symbol switch
        {
            ILocalSymbol local => local.Type,
            IParameterSymbol parameter => parameter.Type,
            IFieldSymbol field => field.Type,
            IPropertySymbol property => property.Type,
            _ => null,
        };
}
