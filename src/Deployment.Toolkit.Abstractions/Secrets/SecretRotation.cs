namespace Deployment.Toolkit.Secrets;

/// <summary>One renewal of a secret, as its <see cref="ISecretRotator"/> is told of it.</summary>
/// <param name="Name">The secret's name, as after <c>secret://</c>.</param>
/// <param name="Operation">The renewal's id, for example <c>20261121-034351-7f3a</c>: the same in every process that takes the renewal up again.</param>
/// <param name="Environment">The environment.</param>
public sealed record SecretRotation(string Name, string Operation, DeploymentEnvironment Environment)
{
    /// <summary>The value before the renewal; <see langword="null"/> when the sealed file does not have it any more.</summary>
    public Secret? Old { get; init; }

    /// <summary>The value that the operation made; <see langword="null"/> while it is not sealed yet.</summary>
    public Secret? New { get; init; }
}
