using System.Reflection;
using System.Runtime.CompilerServices;

namespace Deployment.Toolkit.Architecture.Tests.PublicApi;

/// <summary>Types as C# writes them, with nullability and the names of tuple elements.</summary>
internal static class ApiTypes
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(short)] = "short",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    internal static string Name(Type type) => Name(type, null, new Queue<string?>());

    internal static string Name(Type type, ICustomAttributeProvider source, NullabilityInfo nullability)
    {
        var names = source.GetCustomAttributes(typeof(TupleElementNamesAttribute), inherit: false).OfType<TupleElementNamesAttribute>().FirstOrDefault()?.TransformNames ?? [];
        return Name(type, nullability, new Queue<string?>(names));
    }

    /// <summary>The name under which a type is declared: behind its outer types', with its own type parameters.</summary>
    internal static string Declared(Type type)
    {
        var name = (type.DeclaringType is { } outer ? Declared(outer) + "." : "") + type.Name.Split('`')[0];
        var own = type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).ToList();
        return own.Count == 0 ? name : $"{name}<{string.Join(", ", own.Select(static a => ApiAttributes.Inline(a) + Variance(a) + a.Name))}>";
    }

    internal static string Constraints(Type[] parameters) => string.Concat(parameters.Where(static p => p.IsGenericParameter).Select(static parameter =>
    {
        var attributes = parameter.GenericParameterAttributes;
        var isStruct = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        List<string> constraints =
        [
            .. attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? (string[])["class"] : isStruct ? ["struct"] : [],
            .. parameter.GetGenericParameterConstraints().Where(static c => c != typeof(ValueType)).Select(static c => Name(c)),
            .. attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct ? (string[])["new()"] : [],
        ];
        return constraints.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", constraints)}";
    }));

    private static string Name(Type type, NullabilityInfo? nullability, Queue<string?> tupleNames)
    {
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!, nullability, tupleNames);
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Name(underlying, null, tupleNames) + "?";

        var mark = nullability is { ReadState: NullabilityState.Nullable } && type is { IsValueType: false, IsGenericParameter: false } ? "?" : "";
        if (type.IsArray) return Name(type.GetElementType()!, nullability?.ElementType, tupleNames) + "[]" + mark;
        if (Keywords.TryGetValue(type, out var keyword)) return keyword + mark;
        if (!type.IsGenericType) return (type is { IsNested: true, IsGenericParameter: false } ? Name(type.DeclaringType!) + "." : "") + type.Name + mark;

        // The elements' names come before those of tuples inside of them.
        var isTuple = type.IsAssignableTo(typeof(ITuple)) && type.IsValueType;
        var arguments = type.GetGenericArguments();
        var names = arguments.Select(_ => isTuple && tupleNames.TryDequeue(out var name) && name is not null ? " " + name : "").ToList();
        var written = arguments.Select((argument, i) => Name(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(i), tupleNames) + names[i]).ToList();
        return isTuple ? $"({string.Join(", ", written)})" : $"{type.Name.Split('`')[0]}<{string.Join(", ", written)}>{mark}";
    }

    private static string Variance(Type parameter) => (parameter.GenericParameterAttributes & GenericParameterAttributes.VarianceMask) switch
    {
        GenericParameterAttributes.Covariant => "out ",
        GenericParameterAttributes.Contravariant => "in ",
        _ => "",
    };
}
