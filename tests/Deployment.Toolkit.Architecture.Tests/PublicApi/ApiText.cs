using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Deployment.Toolkit.Architecture.Tests.PublicApi;

/// <summary>
/// Writes down what an assembly offers as C# without bodies, in an order that does not depend on the source's. What the compiler adds to a
/// record (equality, copying, Deconstruct) follows from its constructor and is left out.
/// </summary>
internal static class ApiText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    internal static string Render(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var space in assembly.GetExportedTypes().GroupBy(static type => type.Namespace, StringComparer.Ordinal).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            text.Append(text.Length == 0 ? "" : "\n").Append("namespace ").Append(space.Key).Append(";\n");
            foreach (var type in space.OrderBy(static type => type.FullName, StringComparer.Ordinal)) Append(text.Append('\n'), type);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Type type)
    {
        foreach (var attribute in ApiAttributes.Of(type)) text.Append(attribute).Append('\n');
        if (typeof(MulticastDelegate).IsAssignableFrom(type))
        {
            text.Append("public delegate ").Append(ApiMembers.Signature(type.GetMethod("Invoke")!, ApiTypes.Declared(type))).Append(";\n");
            return;
        }

        text.Append("public ").Append(Kind(type)).Append(' ').Append(ApiTypes.Declared(type));
        var bases = Bases(type).ToList();
        if (bases.Count > 0) text.Append(" : ").Append(string.Join(", ", bases));
        text.Append(ApiTypes.Constraints(type.GetGenericArguments())).Append("\n{\n");
        foreach (var line in type.IsEnum ? EnumMembers(type) : Members(type)) text.Append("    ").Append(line).Append('\n');
        text.Append("}\n");
    }

    private static string Kind(Type type)
    {
        if (type.IsEnum) return "enum";
        if (type.IsInterface) return "interface";

        var isRecord = IsRecord(type);
        if (type.IsValueType) return (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + (isRecord ? "record struct" : "struct");

        var modifier = type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        return modifier + (isRecord ? "record" : "class");
    }

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", Declared) is { } print && print.IsDefined(typeof(CompilerGeneratedAttribute));

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum) return [];

        var parent = type.BaseType is { } candidate && candidate != typeof(object) && candidate != typeof(ValueType) ? candidate : null;
        var interfaces = type.GetInterfaces()
            .Where(i => i.IsVisible && parent?.GetInterfaces().Contains(i) != true && !(IsRecord(type) && i == typeof(IEquatable<>).MakeGenericType(type)))
            .Select(static i => ApiTypes.Name(i)).Order(StringComparer.Ordinal);
        return parent is null ? interfaces : interfaces.Prepend(ApiTypes.Name(parent));
    }

    private static IEnumerable<string> EnumMembers(Type type) =>
        Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => $"{Enum.GetName(type, value)} = {value},");

    private static IEnumerable<string> Members(Type type) =>
    [
        .. Lines(type.GetConstructors(Declared).Where(ApiMembers.IsOffered), ApiMembers.Constructor),
        .. Lines(type.GetFields(Declared).Where(static field => field.IsPublic || field.IsFamily), ApiMembers.Field),
        .. Lines(type.GetProperties(Declared).Where(static p => p.Name != "EqualityContract" && p.GetAccessors(nonPublic: true).Any(ApiMembers.IsVisible)), ApiMembers.Property),
        .. Lines(type.GetEvents(Declared).Where(static e => ApiMembers.IsVisible(e.AddMethod!)), ApiMembers.Event),
        .. Lines(type.GetMethods(Declared).Where(static m => ApiMembers.IsOffered(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal))), ApiMembers.Method),
    ];

    private static IEnumerable<string> Lines<TMember>(IEnumerable<TMember> members, Func<TMember, string> render)
        where TMember : MemberInfo =>
        members.OrderBy(static member => member.Name, StringComparer.Ordinal).ThenBy(render, StringComparer.Ordinal).Select(render);
}
