using Deployment.Toolkit.Options.Binding;

namespace Deployment.Toolkit.Reference;

/// <summary>What is known of a key of the app's options, for templates, schemas and documentation.</summary>
/// <param name="Name">The last segment.</param>
/// <param name="Key">The whole key; <c>*</c> stands for an element's index or name.</param>
/// <param name="Type">The type, not nullable.</param>
internal sealed record OptionDescription(string Name, string Key, Type Type)
{
    internal OptionsMember? Member { get; init; }

    internal string Summary { get; init; } = "";

    internal bool IsRequired { get; init; }

    internal bool IsNullable { get; init; }

    internal bool IsSecret { get; init; }

    /// <summary>As it would be written; <see langword="null"/> when there is none or it is not to be shown.</summary>
    internal object? Default { get; init; }

    internal CollectionShape? Collection { get; init; }

    /// <summary>The members of an object.</summary>
    internal IReadOnlyList<OptionDescription> Children { get; init; } = [];

    /// <summary>What an element of a collection is.</summary>
    internal OptionDescription? Element { get; init; }

    internal IReadOnlyList<System.ComponentModel.DataAnnotations.ValidationAttribute> Rules { get; init; } = [];
}
