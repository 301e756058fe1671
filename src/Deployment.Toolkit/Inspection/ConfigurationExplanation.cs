namespace Deployment.Toolkit;

/// <summary>Why a key has the value that it has.</summary>
/// <param name="Key">The key.</param>
/// <param name="Values">The values at the key or below it, each with what it shadows; empty when no source sets one.</param>
/// <param name="Layers">All sources, the strongest first; of two that set a key, the earlier one here counts.</param>
public sealed record ConfigurationExplanation(string Key, IReadOnlyList<ConfigurationValue> Values, IReadOnlyList<string> Layers)
{
    /// <summary>The member of the app's options that the key sets, for example <c>ContentOptions.MaxItems</c>; <see langword="null"/> when it sets none.</summary>
    public string? Member { get; init; }
}
