namespace Deployment.Toolkit.Secrets;

/// <summary>Asks a source for one secret.</summary>
/// <param name="Name">The secret's name, as after <c>secret://</c>.</param>
/// <param name="Version">Which version: <see langword="null"/> for the current one, <c>previous</c>, or a source's own label.</param>
/// <param name="Environment">The declared environment that the host runs in.</param>
public readonly record struct SecretRequest(string Name, string? Version, DeploymentEnvironment Environment);
