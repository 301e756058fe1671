using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

internal enum ShapeKind
{
    /// <summary>Anything may stand there.</summary>
    Open,
    Scalar,
    List,
    Dictionary,
    Object,
}

/// <summary>What the configuration binder makes of a type.</summary>
internal sealed class Shape(ShapeKind kind, ITypeSymbol type, ITypeSymbol? element = null, bool isStrict = false, string? separator = null)
{
    private ImmutableArray<Member> _members;
    private ImmutableArray<Shape> _alone;

    public ShapeKind Kind { get; } = kind;

    /// <summary>Without <c>Nullable&lt;&gt;</c>.</summary>
    public ITypeSymbol Type { get; } = type;

    /// <summary>Of a list or dictionary.</summary>
    public ITypeSymbol? Element { get; } = element;

    /// <summary>
    /// Whether the toolkit's own binder fills it, which takes sizes and units of time, and nothing that can be read in two ways.
    /// </summary>
    public bool IsStrict { get; } = isStrict;

    /// <summary>
    /// Of a list that may be a single value: what stands between its elements, nothing when it is one; <see langword="null"/> of all
    /// others.
    /// </summary>
    public string? Separator { get; } = separator;

    public Shape AsStrict() => new(Kind, Type, Element, isStrict: true);

    public Shape WithSeparator(string separator) => new(Kind, Type, Element, IsStrict, separator);

    /// <summary>The shape by itself: what nearly every key is bound to, in every file again.</summary>
    public ImmutableArray<Shape> Alone
    {
        get
        {
            if (_alone.IsDefault)
            {
                _alone = [this];
            }

            return _alone;
        }
    }

    /// <summary>Of an object: its properties, those of its base types and the parameters of its constructors.</summary>
    public ImmutableArray<Member> Members
    {
        get
        {
            if (_members.IsDefault)
            {
                _members = Kind == ShapeKind.Object ? [.. FindMembers(Type)] : [];
            }

            return _members;
        }
    }

    public Member? Find(string name)
    {
        foreach (var member in Members)
        {
            if (string.Equals(member.Name, name, System.StringComparison.OrdinalIgnoreCase))
            {
                return member;
            }
        }

        return null;
    }

    public static Shape Of(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var inner] })
        {
            type = inner;
        }

        if (IsScalar(type))
        {
            return new Shape(ShapeKind.Scalar, type);
        }

        if (type is IArrayTypeSymbol array)
        {
            return array.Rank == 1 ? new Shape(ShapeKind.List, type, array.ElementType) : new Shape(ShapeKind.Open, type);
        }

        if (
            type is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Interface } named
            || named.SpecialType == SpecialType.System_Object
        )
        {
            return new Shape(ShapeKind.Open, type);
        }

        if ((Argument(named, "IDictionary", 1) ?? Argument(named, "IReadOnlyDictionary", 1)) is { } value)
        {
            return new Shape(ShapeKind.Dictionary, type, value);
        }

        var element =
            Argument(named, "ICollection", 0) ?? (named.TypeKind == TypeKind.Interface ? Argument(named, "IEnumerable", 0) : null);
        if (element is not null)
        {
            return new Shape(ShapeKind.List, type, element);
        }

        // Converters, factories and other people's collections: nobody knows what they take.
        if (
            named.TypeKind == TypeKind.Interface
            || named.IsAbstract
            || HasConverter(named)
            || Argument(named, "IEnumerable", 0) is not null
            || IsSystem(named)
            || HasUnknownBase(named)
        )
        {
            return new Shape(ShapeKind.Open, type);
        }

        return new Shape(ShapeKind.Object, type);
    }

    private static bool IsScalar(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Enum
        || type.SpecialType
            is SpecialType.System_String
                or SpecialType.System_Boolean
                or SpecialType.System_Char
                or SpecialType.System_DateTime
        || type.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_Double
        || type.SpecialType is SpecialType.System_Decimal
        || type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte }
        || (
            type.ContainingNamespace is { Name: "System", ContainingNamespace.IsGlobalNamespace: true }
            && type.Name
                is "TimeSpan"
                    or "DateTimeOffset"
                    or "DateOnly"
                    or "TimeOnly"
                    or "Guid"
                    or "Uri"
                    or "Version"
                    or "Half"
                    or "Int128"
                    or "UInt128"
        )
        || (type.Name == "CultureInfo" && IsSystem(type))
        ||
        // The toolkit's own binder reads a text, or a reference to a secret, into it.
        type
            is {
                Name: "Secret",
                ContainingNamespace:
                { Name: "Toolkit", ContainingNamespace: { Name: "Deployment", ContainingNamespace.IsGlobalNamespace: true } }
            };

    private static bool IsSystem(ITypeSymbol type)
    {
        var space = type.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
        {
            space = space.ContainingNamespace;
        }

        return space?.Name == "System";
    }

    // Code that doesn't resolve yet: what a base has, nobody knows.
    private static bool HasUnknownBase(INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.TypeKind == TypeKind.Error || current.Interfaces.Any(i => i.TypeKind == TypeKind.Error))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasConverter(ITypeSymbol type) => type.GetAttributes().Any(a => a.AttributeClass?.Name == "TypeConverterAttribute");

    private static ITypeSymbol? Argument(INamedTypeSymbol type, string name, int index) =>
        new[] { type }
            .Concat(type.AllInterfaces)
            .FirstOrDefault(i =>
                i.TypeKind == TypeKind.Interface
                && i.Name == name
                && i.TypeArguments.Length > index
                && i.ContainingNamespace.ToDisplayString() == "System.Collections.Generic"
            )
            ?.TypeArguments[index];

    private static IEnumerable<Member> FindMembers(ITypeSymbol type)
    {
        var seen = new HashSet<string>(System.StringComparer.OrdinalIgnoreCase);
        for (var current = type; current is not null && current.SpecialType != SpecialType.System_Object; current = current.BaseType)
        {
            foreach (var property in current.GetMembers().OfType<IPropertySymbol>())
            {
                if (!property.IsStatic && !property.IsIndexer && property.Name is not "EqualityContract" && seen.Add(property.Name))
                {
                    yield return new Member(KeyName(property) ?? property.Name, Initialized(property) ?? property.Type, property);
                }
            }
        }

        foreach (
            var parameter in (type as INamedTypeSymbol)
                ?.InstanceConstructors.Where(c => !c.IsImplicitlyDeclared || c.Parameters.Length != 1)
                .SelectMany(c => c.Parameters)
                ?? []
        )
        {
            if (seen.Add(parameter.Name))
            {
                yield return new Member(parameter.Name, parameter.Type, parameter);
            }
        }
    }

    // ISmtp Smtp { get; set; } = new SmtpOptions(): the binder fills the object that is there.
    private static INamedTypeSymbol? Initialized(IPropertySymbol property)
    {
        if (
            property.Type is not INamedTypeSymbol type
            || !(type.TypeKind == TypeKind.Interface || type.IsAbstract)
            || type.ContainingNamespace?.ToDisplayString().StartsWith("System", System.StringComparison.Ordinal) == true
            || property.DeclaringSyntaxReferences is not [var reference]
            || reference.GetSyntax()
                is not PropertyDeclarationSyntax
                {
                    Initializer.Value: ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax { Identifier.ValueText: var name } }
                }
        )
        {
            return null;
        }

        for (
            INamespaceOrTypeSymbol? space = property.ContainingType;
            space is not null;
            space = (INamespaceOrTypeSymbol?)space.ContainingSymbol
        )
        {
            if (space.GetTypeMembers(name, 0) is [var found])
            {
                return found;
            }

            if (space is INamespaceSymbol { IsGlobalNamespace: true })
            {
                break;
            }
        }

        return null;
    }

    internal static string? KeyName(IPropertySymbol property) =>
        property
            .GetAttributes()
            .FirstOrDefault(a => a.AttributeClass?.Name == "ConfigurationKeyNameAttribute")
            ?.ConstructorArguments.FirstOrDefault()
            .Value as string;
}

/// <param name="Name">The key's name.</param>
/// <param name="Type">What is bound.</param>
/// <param name="Symbol">The property, or a constructor's parameter.</param>
internal sealed record Member(string Name, ITypeSymbol Type, ISymbol Symbol)
{
    /// <summary>The separator of a list that may be a single value, as the attribute of the toolkit says it.</summary>
    public string? SingleOrMany =>
        Symbol
            .GetAttributes()
            .Concat(
                (Symbol as IPropertySymbol)
                    ?.ContainingType.InstanceConstructors.SelectMany(c => c.Parameters)
                    .Where(p => p.Name == Symbol.Name)
                    .SelectMany(p => p.GetAttributes())
                    ?? []
            )
            .FirstOrDefault(a => a.AttributeClass?.Name == "SingleOrManyAttribute")
            is { } attribute
            ? attribute.ConstructorArguments.FirstOrDefault().Value as string ?? ""
            : null;

    /// <summary>Whether validation fails without a value, or the compiler says that there must be one.</summary>
    public bool IsRequired =>
        Symbol is IPropertySymbol property
        && (property.IsRequired || property.GetAttributes().Any(IsRequiredAttribute))
        && !HasDefault(property)
        &&
        // [Required] can't fail on a number: it always has a value.
        (
            property.IsRequired
            || property.Type.IsReferenceType
            || property.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
        );

    private static bool IsRequiredAttribute(AttributeData attribute) =>
        attribute.AttributeClass is { Name: "RequiredAttribute" } type
        && type.ContainingNamespace.ToDisplayString() == "System.ComponentModel.DataAnnotations";

    private static bool HasDefault(IPropertySymbol property) =>
        property.DeclaringSyntaxReferences is [var reference]
        && reference.GetSyntax() is PropertyDeclarationSyntax { Initializer.Value: var value }
        && value.ToString() is not ("null!" or "default!" or "string.Empty" or "String.Empty" or "\"\"" or "default" or "null");
}
