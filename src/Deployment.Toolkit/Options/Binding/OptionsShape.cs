using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Options.Binding;

/// <summary>What an options type can be given: its constructor and its members, as .NET's own binder sees them.</summary>
[RequiresUnreferencedCode("Looks at the members of options types.")]
internal sealed class OptionsShape
{
    private static readonly ConcurrentDictionary<Type, OptionsShape> Shapes = new();

    private readonly Dictionary<string, OptionsMember> _members = new(StringComparer.OrdinalIgnoreCase);

    private OptionsShape(Type type)
    {
        Constructor = ConstructorOf(type);
        var nullability = new NullabilityInfoContext();
        var setsRequired = Constructor?.IsDefined(typeof(SetsRequiredMembersAttribute)) == true;
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsReadable).ToArray();
        foreach (var parameter in Constructor?.GetParameters() ?? [])
        {
            var property = Array.Find(properties, p => string.Equals(p.Name, parameter.Name, StringComparison.OrdinalIgnoreCase));
            var isRequired = !parameter.HasDefaultValue && nullability.Create(parameter).WriteState != NullabilityState.Nullable;
            Add(
                new OptionsMember(
                    KeyOf(property) ?? property?.Name ?? parameter.Name!,
                    property?.Name ?? parameter.Name!,
                    parameter.ParameterType
                )
                {
                    Property = property,
                    Parameter = parameter,
                    IsRequired = isRequired,
                }
            );
        }

        foreach (var property in properties.Where(p => !_members.Values.Any(member => member.Property == p)))
        {
            var isRequired = !setsRequired && property.IsDefined(typeof(RequiredMemberAttribute));
            var member = new OptionsMember(KeyOf(property) ?? property.Name, property.Name, property.PropertyType)
            {
                Property = property,
                IsRequired = isRequired,
            };
            // Without a setter a key can only fill what the property already holds; a computed number or text it cannot.
            if (member.CanSet || !ScalarReader.IsScalar(property.PropertyType))
                Add(member);
        }
    }

    /// <summary><see langword="null"/> when none can be chosen.</summary>
    internal ConstructorInfo? Constructor { get; }

    internal IReadOnlyCollection<OptionsMember> Members => _members.Values;

    internal static OptionsShape Of(Type type) => Shapes.GetOrAdd(type, static type => new OptionsShape(type));

    /// <summary>Whether a property has a value that can be had: a span or a pointer cannot be boxed.</summary>
    internal static bool IsReadable(PropertyInfo property) =>
        property.GetMethod is { IsPublic: true }
        && property.GetIndexParameters().Length == 0
        && property.PropertyType is { IsByRefLike: false, IsByRef: false, IsPointer: false, IsFunctionPointer: false };

    internal OptionsMember? Find(string key) => _members.GetValueOrDefault(key);

    private void Add(OptionsMember member) => _members.TryAdd(member.Key, member);

    private static string? KeyOf(PropertyInfo? property) => property?.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name;

    private static ConstructorInfo? ConstructorOf(Type type)
    {
        // A callback has a constructor too, for the compiler.
        if (type.IsAbstract || type.IsInterface || typeof(Delegate).IsAssignableFrom(type))
            return null;

        var constructors = type.GetConstructors()
            .Where(static c => c.GetParameters() is not [var only] || only.ParameterType != c.DeclaringType)
            .Where(static c =>
                c.GetParameters().All(static p => p.ParameterType is { IsByRef: false, IsByRefLike: false, IsPointer: false })
            )
            .ToArray();
        return Array.Find(constructors, static c => c.GetParameters().Length == 0) ?? (constructors is [var single] ? single : null);
    }
}
