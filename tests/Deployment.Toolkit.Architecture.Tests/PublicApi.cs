using System.Reflection;
using System.Text;

namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>Writes down what an assembly offers, one member a line, in an order that does not depend on the source's.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
    private static readonly NullabilityInfoContext Nullability = new();

    internal static string Render(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(static t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(type.FullName);
            if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(Enum) && parent != typeof(ValueType)) text.Append(" : ").Append(Name(parent));
            text.Append('\n');
            foreach (var line in (type.IsEnum ? EnumMembers(type) : Members(type)).Order(StringComparer.Ordinal)) text.Append("    ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
        : (type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + (type.GetMethod("<Clone>$") is null ? "class" : "record");

    private static IEnumerable<string> EnumMembers(Type type) => Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), System.Globalization.CultureInfo.InvariantCulture)}");

    private static IEnumerable<string> Members(Type type)
    {
        var isRecord = type.GetMethod("<Clone>$") is not null || type.GetMethod("PrintMembers", Declared) is not null;
        foreach (var constructor in type.GetConstructors(Declared).Where(IsVisible))
        {
            if (isRecord && constructor.GetParameters() is [var only] && only.ParameterType == type) continue;
            yield return $"{Access(constructor)}{type.Name.Split('`')[0]}({Parameters(constructor)})";
        }

        foreach (var property in type.GetProperties(Declared).Where(static p => p.GetMethod is { } get && IsVisible(get)))
        {
            if (property.Name == "EqualityContract") continue;
            var setter = property.SetMethod is { } set && IsVisible(set) ? set.ReturnParameter.GetRequiredCustomModifiers().Any(static m => m.Name == "IsExternalInit") ? " init;" : " set;" : "";
            yield return $"{Access(property.GetMethod!)}{Name(property.PropertyType, Nullability.Create(property))} {property.Name} {{ get;{setter} }}";
        }

        foreach (var field in type.GetFields(Declared).Where(static f => f.IsPublic)) yield return $"const {Name(field.FieldType)} {field.Name} = \"{field.GetRawConstantValue()}\"";

        foreach (var method in type.GetMethods(Declared).Where(IsVisible))
        {
            if (method.IsSpecialName || method.Name.StartsWith('<') || (isRecord && method.Name is "Equals" or "GetHashCode" or "PrintMembers" or "Deconstruct")) continue;
            if (isRecord && method.Name == "ToString" && method.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute))) continue;
            var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(static a => a.Name))}>" : "";
            var trim = method.GetCustomAttributesData().Any(static a => a.AttributeType.Name == "RequiresUnreferencedCodeAttribute") ? "[RequiresUnreferencedCode] " : "";
            yield return $"{trim}{Access(method)}{Name(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)})";
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : method.IsAbstract ? "abstract " : method is MethodInfo info && info.GetBaseDefinition() != info ? "override " : method.IsVirtual && !method.IsFinal ? "virtual " : "");

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(static p =>
        $"{Name(p.ParameterType, Nullability.Create(p))} {p.Name}{(p.HasDefaultValue ? " = " + (p.DefaultValue ?? "default") : "")}"));

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        var mark = nullability is { ReadState: NullabilityState.Nullable } && !type.IsValueType ? "?" : "";
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Name(underlying) + "?";
        if (type.IsArray) return Name(type.GetElementType()!) + "[]" + mark;
        if (!type.IsGenericType) return (type.IsGenericParameter ? type.Name : type.Name) + mark;

        var arguments = type.GetGenericArguments().Select((argument, i) => Name(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(i)));
        return $"{type.Name.Split('`')[0]}<{string.Join(", ", arguments)}>{mark}";
    }
}
