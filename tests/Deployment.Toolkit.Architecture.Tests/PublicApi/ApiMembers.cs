using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Deployment.Toolkit.Architecture.Tests.PublicApi;

/// <summary>Members as lines of C#.</summary>
internal static class ApiMembers
{
    private static readonly NullabilityInfoContext Nullability = new();

    internal static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    internal static bool IsOffered(MethodBase method) => IsVisible(method) && !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !method.Name.StartsWith('<');

    internal static string Constructor(ConstructorInfo constructor) =>
        $"{ApiAttributes.Inline(constructor)}{Access(constructor)}{constructor.DeclaringType!.Name.Split('`')[0]}({Parameters(constructor)});";

    internal static string Field(FieldInfo field)
    {
        var modifier = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        var value = field.IsLiteral ? " = " + Literal(field.GetRawConstantValue(), field.FieldType) : "";
        return $"{ApiAttributes.Inline(field)}{(field.IsPublic ? "public " : "protected ")}{modifier}{ApiTypes.Name(field.FieldType, field, Nullability.Create(field))} {field.Name}{value};";
    }

    internal static string Property(PropertyInfo property)
    {
        var (get, set) = (property.GetMethod, property.SetMethod);
        var widest = get is not null && IsVisible(get) ? get : set!;
        var setter = set is null || !IsVisible(set) ? ""
            : (set.IsFamily && widest.IsPublic ? " protected" : "") + (set.ReturnParameter.GetRequiredCustomModifiers().Any(static m => m == typeof(IsExternalInit)) ? " init;" : " set;");
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var name = property.GetIndexParameters().Length == 0 ? property.Name : $"this[{Parameters(property.GetIndexParameters())}]";
        var type = ApiTypes.Name(property.PropertyType, property, Nullability.Create(property));
        return $"{ApiAttributes.Inline(property)}{Access(widest)}{required}{type} {name} {{{(get is not null && IsVisible(get) ? " get;" : "")}{setter} }}";
    }

    internal static string Event(EventInfo e) => $"{Access(e.AddMethod!)}event {ApiTypes.Name(e.EventHandlerType!, e, Nullability.Create(e))} {e.Name};";

    internal static string Method(MethodInfo method)
    {
        var generic = method.GetGenericArguments();
        var name = method.Name + (generic.Length == 0 ? "" : $"<{string.Join(", ", generic.Select(static a => ApiAttributes.Inline(a) + a.Name))}>");
        return $"{ApiAttributes.Inline(method)}{Access(method)}{Signature(method, name)}{ApiTypes.Constraints(generic)};";
    }

    internal static string Signature(MethodInfo method, string name) =>
        $"{ApiTypes.Name(method.ReturnType, method.ReturnParameter, Nullability.Create(method.ReturnParameter))} {name}({(method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "")}{Parameters(method)})";

    private static string Access(MethodBase method)
    {
        var access = method.DeclaringType!.IsInterface ? "" : method.IsPublic ? "public " : method.IsFamilyOrAssembly ? "protected internal " : "protected ";
        if (method.IsStatic) return access + "static ";
        if (method.DeclaringType.IsInterface || !method.IsVirtual) return access;

        var isOverride = method is MethodInfo info && info.GetBaseDefinition() != info;
        if (method.IsAbstract) return access + (isOverride ? "abstract override " : "abstract ");
        return access + (isOverride ? (method.IsFinal ? "sealed override " : "override ") : method.IsFinal ? "" : "virtual ");
    }

    private static string Parameters(MethodBase method) => Parameters(method.GetParameters());

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(static parameter =>
    {
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        var passing = !parameter.ParameterType.IsByRef ? "" : parameter.IsOut ? "out " : parameter.IsDefined(typeof(IsReadOnlyAttribute)) ? "in " : "ref ";
        var many = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var value = parameter.HasDefaultValue ? " = " + Literal(parameter.RawDefaultValue, type) : "";
        return $"{ApiAttributes.Inline(parameter)}{many}{passing}{ApiTypes.Name(type, parameter, Nullability.Create(parameter))} {parameter.Name}{value}";
    }));

    private static string Literal(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ when (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } e => $"{e.Name}.{Enum.GetName(e, value)}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
