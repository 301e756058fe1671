using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// What an assembly does with configuration, as attributes of the assembly: the host's analyzers read those of its libraries, whose code
/// they never see.
/// </summary>
internal static class Manifest
{
    public const string Namespace = "Deployment.Toolkit.Generated";
    public const string Attribute = "ConfigurationUseAttribute";

    /// <summary>The kind of the line that every manifest begins with.</summary>
    public const string Version = "Manifest1";

    public static bool Has(IAssemblySymbol? assembly) => assembly is not null && !IsFramework(assembly) && Lines(assembly).Any();

    /// <summary>The uses that the assembly says it has; <see langword="null"/> when it says nothing.</summary>
    public static IReadOnlyList<ConfigurationUse>? Read(IAssemblySymbol assembly)
    {
        List<ConfigurationUse>? uses = null;
        foreach (var line in Lines(assembly))
        {
            uses ??= [];
            if (
                line.ConstructorArguments
                    is [{ Value: string kind }, { Value: string path }, var type, { Kind: TypedConstantKind.Array } arguments]
                && Enum.TryParse(kind, out UseKind use)
            )
            {
                ImmutableArray<string> texts = [.. arguments.Values.Select(v => v.Value as string ?? "")];
                uses.Add(new ConfigurationUse(use, path, type.Value as string, texts));
            }
        }

        return uses;
    }

    // Their attributes would all be decoded to learn that none is ours.
    public static bool IsFramework(IAssemblySymbol assembly) =>
        assembly.Name.StartsWith("System.", StringComparison.Ordinal)
        || assembly.Name.StartsWith("Microsoft.", StringComparison.Ordinal)
        || assembly.Name is "mscorlib" or "netstandard" or "System" or "WindowsBase";

    private static IEnumerable<AttributeData> Lines(IAssemblySymbol assembly) =>
        assembly
            .GetAttributes()
            .Where(attribute =>
                attribute.AttributeClass is { Name: Attribute } type && type.ContainingNamespace.ToDisplayString() == Namespace
            );
}
