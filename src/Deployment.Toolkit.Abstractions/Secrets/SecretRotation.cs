namespace Deployment.Toolkit.Secrets;

/// <summary>One renewal of a secret, as its <see cref="SecretRotator"/> is told of it.</summary>
public sealed record SecretRotation
{
    /// <summary>The secret's name, as after <c>secret://</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The renewal's id, for example <c>20261121-034351-7f3a</c>: the same in every process that takes the renewal up again.
    /// </summary>
    public required string Operation { get; init; }

    /// <summary>The environment.</summary>
    public required DeploymentEnvironment Environment { get; init; }

    /// <summary>The value before the renewal; <see langword="null"/> when the sealed file does not have it any more.</summary>
    public Secret? Old { get; init; }

    /// <summary>The value that the operation made; <see langword="null"/> while it is not sealed yet.</summary>
    public Secret? New { get; init; }
}
