using System.Reflection;

namespace Deployment.Toolkit.Options.Binding;

/// <summary>A property or constructor parameter of an options type that a key can set.</summary>
internal sealed record OptionsMember(string Key, string Name, Type Type)
{
    /// <summary>The property; <see langword="null"/> for a parameter without one.</summary>
    internal PropertyInfo? Property { get; init; }

    /// <summary>The constructor's parameter; <see langword="null"/> when the property is set.</summary>
    internal ParameterInfo? Parameter { get; init; }

    /// <summary>Whether a configuration without it is at fault.</summary>
    internal bool IsRequired { get; init; }

    internal bool CanSet => Property is { SetMethod.IsPublic: true };

    /// <summary>Whether a single value is a list too.</summary>
    internal SingleOrManyAttribute? SingleOrMany =>
        Property?.GetCustomAttribute<SingleOrManyAttribute>() ?? Parameter?.GetCustomAttribute<SingleOrManyAttribute>();

    internal ArrayMergeAttribute? Merge =>
        Property?.GetCustomAttribute<ArrayMergeAttribute>() ?? Parameter?.GetCustomAttribute<ArrayMergeAttribute>();
}
