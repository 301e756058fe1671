namespace Deployment.Toolkit;

/// <summary>Which environments set which keys, by their files.</summary>
/// <param name="Environments">The environments, as they are declared.</param>
/// <param name="Rows">Every key that one of them has, in the order of the keys.</param>
public sealed record ConfigurationParity(IReadOnlyList<string> Environments, IReadOnlyList<ParityRow> Rows);

/// <summary>One key of a <see cref="ConfigurationParity"/>.</summary>
/// <param name="Key">The key.</param>
/// <param name="Cells">One for each environment, in their order.</param>
public sealed record ParityRow(string Key, IReadOnlyList<ParityCell> Cells)
{
    /// <summary>Whether the key is meant to differ: by <see cref="DiffersByEnvironmentAttribute"/>, by the builder's call, or because it is a secret or connection string.</summary>
    public bool IsDeclared { get; init; }

    /// <summary>Whether its value is not the same everywhere, as far as it can be told.</summary>
    public bool Differs { get; init; }

    /// <summary>What is wrong; <see langword="null"/> when nothing is.</summary>
    public DeploymentMessage? Fault { get; init; }
}

/// <summary>What one environment says of a key.</summary>
/// <param name="State">Whether it sets it.</param>
/// <param name="SameSecretAs">The protected environment that has the very same secret; <see langword="null"/> when none has.</param>
public sealed record ParityCell(ParityState State, string? SameSecretAs);

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
