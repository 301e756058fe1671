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
        var from = model.GetEnclosingSymbol(position);
        var symbols = model
            .LookupSymbols(position)
            .Where(s =>
                s switch
                {
                    ILocalSymbol => IsInReach(s, from)
                        && s.Locations[0].SourceSpan.End < position
                        && s.DeclaringSyntaxReferences.All(r => !r.Span.Contains(position) && HasValue(r.GetSyntax())),
                    IParameterSymbol => IsInReach(s, from) || (IsOfType(s) && IsInReachOfInstance(s, from, node)),
                    IFieldSymbol or IPropertySymbol => s.Locations[0].IsInSource
                        && (s.IsStatic || (IsMethod(from) && IsInReachOfInstance(s, from, node))),
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

    // The compiler finds the locals of a program's statements in every type and file, and those around a static function within it, only
    // to refuse them.
    private static bool IsInReach(ISymbol variable, ISymbol? from)
    {
        for (var at = from; at is not (null or INamedTypeSymbol); at = at.ContainingSymbol)
        {
            if (SymbolEqualityComparer.Default.Equals(at, variable.ContainingSymbol))
            {
                return true;
            }

            if (at.IsStatic || IsByReference(variable))
            {
                return false;
            }
        }

        return false;
    }

    // Of the type itself or a base: an outer type's instance is not at hand.
    private static bool IsInReachOfInstance(ISymbol member, ISymbol? from, SyntaxNode node)
    {
        var at = from;
        for (; at is not (null or INamedTypeSymbol); at = at.ContainingSymbol)
        {
            if (at.IsStatic)
            {
                return false;
            }
        }

        var type = at as INamedTypeSymbol;
        while (
            type is not null && !SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, member.ContainingType.OriginalDefinition)
        )
        {
            type = type.BaseType;
        }

        return type is not null
            && !IsByReference(member)
            && node.FirstAncestorOrSelf<SyntaxNode>(n => n is ConstructorInitializerSyntax or PrimaryConstructorBaseTypeSyntax) is null;
    }

    // What a field or a property begins with knows no other of the instance.
    private static bool IsMethod(ISymbol? from) =>
        from is IMethodSymbol method && (method.ContainingSymbol is INamedTypeSymbol || IsMethod(method.ContainingSymbol));

    private static bool IsOfType(ISymbol parameter) => parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor };

    private static bool IsByReference(ISymbol symbol) =>
        symbol is IParameterSymbol { RefKind: not RefKind.None } or ILocalSymbol { IsRef: true };

    private static bool HasValue(SyntaxNode declaration) => declaration is not VariableDeclaratorSyntax { Initializer: null };

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
