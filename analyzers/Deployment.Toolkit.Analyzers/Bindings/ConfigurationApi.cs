using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>The types through which code reads configuration.</summary>
internal sealed class ConfigurationApi
{
    private readonly INamedTypeSymbol _configuration;
    private readonly INamedTypeSymbol? _section;

    private ConfigurationApi(INamedTypeSymbol configuration, INamedTypeSymbol? section) =>
        (_configuration, _section) = (configuration, section);

    /// <summary><see langword="null"/> when the compilation references nothing of configuration.</summary>
    public static ConfigurationApi? Find(Compilation compilation) =>
        compilation.GetTypeByMetadataName("Microsoft.Extensions.Configuration.IConfiguration") is { } configuration
            ? new ConfigurationApi(
                configuration,
                compilation.GetTypeByMetadataName("Microsoft.Extensions.Configuration.IConfigurationSection")
            )
            : null;

    public bool IsConfiguration(ITypeSymbol? type) => Is(type, _configuration);

    public bool IsSection(ITypeSymbol? type) => _section is not null && Is(type, _section);

    /// <summary>What the method does with configuration, by its definition.</summary>
    public static KnownMethod Classify(IMethodSymbol method)
    {
        var type = method.ContainingType?.Name;
        var space = method.ContainingNamespace;
        if (space is { Name: "Toolkit", ContainingNamespace: { Name: "Deployment", ContainingNamespace.IsGlobalNamespace: true } })
        {
            return method is { Name: "AddValidatedOptions", Parameters: [{ Type.Name: "DeploymentBuilder" }, ..] }
                ? KnownMethod.BindPath
                : KnownMethod.None;
        }

        if (space is null || !IsExtensions(space))
        {
            return KnownMethod.None;
        }

        return (type, method.Name) switch
        {
            ("IConfiguration" or "ConfigurationManager" or "ConfigurationRoot" or "ConfigurationSection", "GetSection") =>
                KnownMethod.Section,
            ("ConfigurationExtensions", "GetRequiredSection") => KnownMethod.Section,
            ("ConfigurationExtensions", "GetConnectionString") => KnownMethod.ConnectionString,
            ("ConfigurationExtensions", "Exists") => KnownMethod.Exists,
            ("ConfigurationExtensions", "AsEnumerable") => KnownMethod.Enumerate,
            ("IConfiguration" or "ConfigurationManager" or "ConfigurationRoot" or "ConfigurationSection", "GetChildren") =>
                KnownMethod.Enumerate,
            ("ConfigurationBinder", "Get") => KnownMethod.Get,
            ("ConfigurationBinder", "GetValue") => KnownMethod.Value,
            ("ConfigurationBinder", "Bind") => KnownMethod.BindObject,
            ("OptionsConfigurationServiceCollectionExtensions", "Configure") => KnownMethod.Configure,
            ("OptionsBuilderConfigurationExtensions", "Bind") => KnownMethod.Configure,
            ("OptionsBuilderConfigurationExtensions", "BindConfiguration") => KnownMethod.BindPath,
            _ => KnownMethod.None,
        };
    }

    /// <summary>Whether the method belongs to configuration itself, so that a section which it is given goes nowhere.</summary>
    public static bool IsOwn(IMethodSymbol method) => method.ContainingNamespace is { Name: "Configuration" } space && IsExtensions(space);

    private static bool IsExtensions(INamespaceSymbol space)
    {
        // Microsoft.Extensions.Configuration, .DependencyInjection, …; the type's own name decides the rest.
        for (var current = space; current is { IsGlobalNamespace: false }; current = current.ContainingNamespace)
        {
            if (current is { Name: "Extensions", ContainingNamespace: { Name: "Microsoft", ContainingNamespace.IsGlobalNamespace: true } })
            {
                return true;
            }
        }

        return false;
    }

    private static bool Is(ITypeSymbol? type, INamedTypeSymbol wanted)
    {
        if (type is null or { TypeKind: TypeKind.Error })
        {
            return false;
        }

        if (SymbolEqualityComparer.Default.Equals(type, wanted))
        {
            return true;
        }

        if (type.TypeKind is not (TypeKind.Class or TypeKind.Interface or TypeKind.TypeParameter))
        {
            return false;
        }

        foreach (var implemented in type.AllInterfaces)
        {
            if (SymbolEqualityComparer.Default.Equals(implemented, wanted))
            {
                return true;
            }
        }

        return false;
    }
}

internal enum KnownMethod
{
    None,
    Section,
    ConnectionString,
    Exists,
    Enumerate,
    Get,
    Value,

    /// <summary>The configuration is given to bind into an object.</summary>
    BindObject,

    /// <summary>The configuration is given to bind the method's type argument.</summary>
    Configure,

    /// <summary>The path is given to bind the method's type argument.</summary>
    BindPath,
}
