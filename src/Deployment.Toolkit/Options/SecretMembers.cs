using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Options;

/// <summary>
/// The names of members of options, at any depth, that are a <see cref="Secret"/> or hold some. Every verb asks, for what it has to mask;
/// the shape of the options, which tells it for one key for sure, costs many times as much to make.
/// </summary>
[RequiresUnreferencedCode("Looks at the members of options types.")]
internal sealed class SecretMembers
{
    private static readonly ConcurrentDictionary<Type, SecretMembers> Known = new();

    private readonly HashSet<Type> _seen = [];
    private readonly List<string> _names = [];
    private readonly bool _isCollection;

    private SecretMembers(Type type)
    {
        // Options that are themselves a collection have no member whose name a key would hold.
        _isCollection = Holds(type);
    }

    internal static SecretMembers Of(Type type) => Known.GetOrAdd(type, static type => new SecretMembers(type));

    /// <summary>Whether a key may set one of them; where not, it sets none.</summary>
    internal bool MayHave(string key) => _isCollection || _names.Exists(name => key.Contains(name, StringComparison.OrdinalIgnoreCase));

    // Whether a value of the type can be, or can hold without a name of its own, a secret.
    private bool Holds(Type type)
    {
        if (type == typeof(Secret))
            return true;
        if (type.IsPrimitive || type.IsEnum || type == typeof(string))
            return false;
        if (type.HasElementType)
            return Holds(type.GetElementType()!);

        var holds = false;
        foreach (var argument in type.GetGenericArguments())
            holds |= Holds(argument);
        if (!_seen.Add(type) || type.Namespace is "System" || type.Namespace?.StartsWith("System.", StringComparison.Ordinal) == true)
            return holds;

        foreach (var contract in type.GetInterfaces())
        {
            foreach (var argument in contract.GetGenericArguments())
                holds |= argument != type && Holds(argument);
        }

        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (Holds(property.PropertyType))
                Add(property.Name, property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name);
        }

        foreach (var constructor in type.GetConstructors())
        {
            foreach (var parameter in constructor.GetParameters())
            {
                if (Holds(parameter.ParameterType))
                    Add(parameter.Name!, null);
            }
        }

        return holds;
    }

    private void Add(string name, string? key)
    {
        _names.Add(name);
        if (key is not null)
            _names.Add(key);
    }
}
