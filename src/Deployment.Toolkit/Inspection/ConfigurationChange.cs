namespace Deployment.Toolkit;

/// <summary>How a key differs between two states of a configuration.</summary>
public enum ConfigurationChangeKind
{
    /// <summary>Only the second has it.</summary>
    Added,

    /// <summary>Only the first has it.</summary>
    Removed,

    /// <summary>Both have it, with different values.</summary>
    Changed,

    /// <summary>
    /// Both have it, and it cannot be told whether the values differ: they are secrets, fingerprinted with different keys.
    /// </summary>
    Unknown,
}

/// <summary>A key that differs between two states of a configuration.</summary>
public sealed record ConfigurationChange
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>How it differs.</summary>
    public required ConfigurationChangeKind Kind { get; init; }

    /// <summary>The first state's value; <see langword="null"/> when it has none or it is hidden.</summary>
    public string? From { get; init; }

    /// <summary>The second state's value; <see langword="null"/> when it has none or it is hidden.</summary>
    public string? To { get; init; }

    /// <summary>Whether values are hidden. Of a reference both texts show, also when only the secret behind it changed.</summary>
    public bool IsRedacted { get; init; }
}
