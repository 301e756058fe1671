using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Deployment.Toolkit.Options.Features;

/// <summary>The flags that code knows: members of an enum, constants of text, or properties of <see langword="bool"/>.</summary>
internal static class FeatureFlagNames
{
    internal static IReadOnlyList<string> Of(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)]
            Type type
    )
    {
        if (type.IsEnum)
            return [.. type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => field.Name)];

        var constants = type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(static field => field is { IsLiteral: true } && field.FieldType == typeof(string))
            .Select(static field => (string)field.GetRawConstantValue()!);
        var switches = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.PropertyType == typeof(bool))
            .Select(static property => property.Name);
        return [.. constants.Concat(switches).Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}
