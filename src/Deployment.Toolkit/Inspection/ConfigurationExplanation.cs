namespace Deployment.Toolkit;

/// <summary>Why a key has the value that it has.</summary>
public sealed record ConfigurationExplanation
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>The values at the key or below it, each with what it shadows; empty when no source sets one.</summary>
    public required IReadOnlyList<ConfigurationValue> Values { get; init; }

    /// <summary>All sources, the strongest first; of two that set a key, the earlier one here counts.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    /// <summary>
    /// The member of the app's options that the key sets, for example <c>ContentOptions.MaxItems</c>; <see langword="null"/> when it sets
    /// none.
    /// </summary>
    public string? Member { get; init; }
}
