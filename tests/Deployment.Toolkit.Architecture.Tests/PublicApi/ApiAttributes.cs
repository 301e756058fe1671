using System.Reflection;

namespace Deployment.Toolkit.Architecture.Tests.PublicApi;

/// <summary>The attributes that a caller must know of. Their sentences may be reworded freely and are left out.</summary>
internal static class ApiAttributes
{
    private static readonly HashSet<string> ThatMatter = new(StringComparer.Ordinal)
    {
        "AttributeUsageAttribute", "DynamicallyAccessedMembersAttribute", "EditorBrowsableAttribute", "ExperimentalAttribute", "FlagsAttribute", "NotNullWhenAttribute", "ObsoleteAttribute",
        "RequiresDynamicCodeAttribute", "RequiresUnreferencedCodeAttribute", "SupportedOSPlatformAttribute", "UnsupportedOSPlatformAttribute",
    };

    internal static IEnumerable<string> Of(MemberInfo member) => Of(member.GetCustomAttributesData());

    internal static string Inline(MemberInfo member) => string.Concat(Of(member.GetCustomAttributesData()).Select(static text => text + " "));

    internal static string Inline(ParameterInfo parameter) => string.Concat(Of(parameter.GetCustomAttributesData()).Select(static text => text + " "));

    // The compiler marks types with required members as obsolete for compilers that don't know of them.
    private static IEnumerable<string> Of(IEnumerable<CustomAttributeData> attributes) =>
        from attribute in attributes
        where ThatMatter.Contains(attribute.AttributeType.Name) && !attribute.ConstructorArguments.Any(static a => a.Value is string text && text.Contains("required members", StringComparison.Ordinal))
        let arguments = attribute.ConstructorArguments.Where(static a => a.ArgumentType != typeof(string)).Select(static a => Value(a))
            .Concat(attribute.NamedArguments.Where(static a => a.TypedValue.ArgumentType != typeof(string)).Select(static a => $"{a.MemberName} = {Value(a.TypedValue)}")).ToList()
        let text = $"[{attribute.AttributeType.Name[..^"Attribute".Length]}{(arguments.Count == 0 ? "" : $"({string.Join(", ", arguments)})")}]"
        orderby text
        select text;

    private static string Value(CustomAttributeTypedArgument argument) => argument.ArgumentType.IsEnum
        ? string.Join(" | ", Enum.ToObject(argument.ArgumentType, argument.Value!).ToString()!.Split(", ").Select(name => $"{argument.ArgumentType.Name}.{name}"))
        : argument.Value is bool flag ? (flag ? "true" : "false") : argument.Value?.ToString() ?? "null";
}
