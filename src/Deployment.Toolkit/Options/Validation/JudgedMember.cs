using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Deployment.Toolkit.Options.Binding;
using Deployment.Toolkit.Platform;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Options.Validation;

/// <summary>
/// A property with rules, or with an object that may have some: those that code alone sets too, and those of a record whose rules stand at
/// the constructor's parameters.
/// </summary>
[RequiresUnreferencedCode("Looks at the members of options types.")]
internal sealed record JudgedMember(PropertyInfo Property, string Key, IReadOnlyList<ValidationAttribute> Rules)
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<JudgedMember>> Known = new();

    internal static IReadOnlyList<JudgedMember> Of(Type type) => Known.GetOrAdd(type, static type => [.. Find(type)]);

    private static IEnumerable<JudgedMember> Find(Type type)
    {
        var parameters = OptionsShape.Of(type).Constructor?.GetParameters() ?? [];
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!OptionsShape.IsReadable(property))
                continue;

            var parameter = Array.Find(
                parameters,
                parameter => string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase)
            );
            var rules = property
                .GetCustomAttributes<ValidationAttribute>(inherit: true)
                .Concat(parameter?.GetCustomAttributes<ValidationAttribute>(inherit: true) ?? [])
                .OrderByDescending(static rule => rule is RequiredAttribute)
                .ToList();
            if (rules.Count > 0 || MayHoldRules(property))
                yield return new JudgedMember(
                    property,
                    property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name,
                    rules
                );
        }
    }

    // Getters that a type of the app inherits from .NET give objects of .NET, and some do work for it.
    private static bool MayHoldRules(PropertyInfo property)
    {
        var type = property.PropertyType;
        if (ScalarReader.IsScalar(type) && type != typeof(object))
            return false;
        return property.DeclaringType is { } declaring
            && !FrameworkTypes.Contains(declaring)
            && (CollectionShape.Of(type) is not null || !type.IsSealed || !FrameworkTypes.Contains(type));
    }
}
