using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>What is public can gain a member without breaking whoever was compiled against it.</summary>
public sealed class PublicShapeTests
{
    [Fact]
    public void A_public_record_can_gain_a_property() => Findings.None(
        from type in Public.Value
        where type.IsRecord
        from reference in type.DeclaringSyntaxReferences
        where reference.GetSyntax() is RecordDeclarationSyntax { ParameterList: not null }
        select $"{Sources.PlaceOf(type)}: {type.Name}",
        "A positional record's constructor and Deconstruct change with every property. Make them properties, required where there is no default:");

    [Fact]
    public void A_public_result_can_gain_a_value() => Findings.None(
        from member in Members
        from used in Types(member).SelectMany(Parts)
        where used.IsTupleType
        select $"{Sources.PlaceOf(member)}: {member.ContainingType.Name}.{member.Name}",
        "A tuple has no names for whoever was compiled against it, and gains nothing. Return a record of its own:");

    [Fact]
    public void A_public_async_method_takes_a_token_that_is_last_and_may_be_left_out_by_whoever_calls_it()
    {
        var asynchronous = Members.OfType<IMethodSymbol>().Where(static method => method is { IsOverride: false, MethodKind: MethodKind.Ordinary } && IsAsync(method.ReturnType)).ToList();
        Assert.True(asynchronous.Count > 40, $"Only {asynchronous.Count} public async methods were found.");
        Findings.None(
            from method in asynchronous
            where !TakesNone.Contains($"{method.ContainingType.Name}.{method.Name}")
            let token = method.Parameters.LastOrDefault()
            // The engine always gives one to what others override; whoever writes an override would have to repeat the default.
            let isGiven = method.IsAbstract || method.IsVirtual
            where token is not { Type.Name: "CancellationToken" } || token.IsOptional == isGiven
            select $"{Sources.PlaceOf(method)}: {method.ContainingType.Name}.{method.Name}",
            "End it with CancellationToken cancellationToken = default, or without the default when it is there to be overridden:");
    }

    // It lives as long as the process: Ctrl+C and SIGTERM end it, as they end the host.
    private static readonly string[] TakesNone = ["DeploymentCommandLineExtensions.RunDeploymentAsync"];

    private static readonly Lazy<IReadOnlyList<INamedTypeSymbol>> Public = new(static () =>
    {
        IReadOnlyList<INamedTypeSymbol> found = [.. Sources.Types(Sources.Shipped).Where(static type => IsPublic(type) && type.Locations.Any(static location => location.IsInSource))];
        Assert.True(found.Count > 60, $"Only {found.Count} public types were found.");
        return found;
    });

    private static IEnumerable<ISymbol> Members => Public.Value
        .SelectMany(static type => type.GetMembers())
        .Where(static member => member is { IsImplicitlyDeclared: false, DeclaredAccessibility: Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal })
        .Where(static member => member is IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol);

    private static bool IsPublic(INamedTypeSymbol type) => type.DeclaredAccessibility == Accessibility.Public && (type.ContainingType is null || IsPublic(type.ContainingType));

    private static bool IsAsync(ITypeSymbol type) => type.Name is "Task" or "ValueTask" or "IAsyncEnumerable";

    private static IEnumerable<ITypeSymbol> Types(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.Constructor } method => [method.ReturnType, .. method.Parameters.Select(static parameter => parameter.Type)],
        IPropertySymbol property => [property.Type],
        IFieldSymbol field => [field.Type],
        _ => [],
    };

    private static IEnumerable<INamedTypeSymbol> Parts(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => Parts(array.ElementType),
        INamedTypeSymbol named => [named, .. named.TypeArguments.SelectMany(Parts)],
        _ => [],
    };
}
