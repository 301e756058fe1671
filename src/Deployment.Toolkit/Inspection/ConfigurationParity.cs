namespace Deployment.Toolkit;

/// <summary>Which environments set which keys, by their files.</summary>
public sealed record ConfigurationParity
{
    /// <summary>The environments, as they are declared.</summary>
    public required IReadOnlyList<string> Environments { get; init; }

    /// <summary>Every key that one of them has, in the order of the keys.</summary>
    public required IReadOnlyList<ParityRow> Rows { get; init; }
}

/// <summary>One key of a <see cref="ConfigurationParity"/>.</summary>
public sealed record ParityRow
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>One for each environment, in their order.</summary>
    public required IReadOnlyList<ParityCell> Cells { get; init; }

    /// <summary>
    /// Whether the key is meant to differ: by <see cref="DiffersByEnvironmentAttribute"/>, by the builder's call, or because it is a secret
    /// or connection string.
    /// </summary>
    public bool IsDeclared { get; init; }

    /// <summary>Whether its value is not the same everywhere, as far as it can be told.</summary>
    public bool Differs { get; init; }

    /// <summary>What is wrong; <see langword="null"/> when nothing is.</summary>
    public DeploymentMessage? Fault { get; init; }
}

/// <summary>What one environment says of a key.</summary>
public sealed record ParityCell
{
    /// <summary>Whether it sets it.</summary>
    public required ParityState State { get; init; }

    /// <summary>The protected environment that has the very same secret; <see langword="null"/> when none has.</summary>
    public string? SameSecretAs { get; init; }
}

/// <summary>Whether an environment sets a key.</summary>
public enum ParityState
{
    /// <summary>No file of it does.</summary>
    Missing,

    /// <summary>A file that it shares with others does.</summary>
    Inherited,

    /// <summary>Its own file does.</summary>
    SetHere,
}
