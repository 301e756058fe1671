namespace Deployment.Toolkit.Secrets;

/// <summary>Asks a source for one secret.</summary>
public readonly record struct SecretRequest
{
    /// <summary>The secret's name, as after <c>secret://</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Which version: <see langword="null"/> for the current one, <c>previous</c>, or a source's own label.</summary>
    public string? Version { get; init; }

    /// <summary>The declared environment that the host runs in.</summary>
    public required DeploymentEnvironment Environment { get; init; }
}
