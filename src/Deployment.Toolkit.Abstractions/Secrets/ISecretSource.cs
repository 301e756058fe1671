namespace Deployment.Toolkit.Secrets;

/// <summary>
/// Somewhere that secrets come from: a vault of your own, say. Sources are asked in the order of their registration, after the built-in
/// ones; each question is limited in time and its answer is kept, so a source may be slow or down for a while.
/// </summary>
// An interface and one question: what reaches a vault has a base class of its own already, and what else could be asked stands in
// SecretRequest.
public interface ISecretSource
{
    /// <summary>What people call it, for reports: <c>Vault https://vault.example</c>. No credentials in it.</summary>
    string Name { get; }

    /// <summary>Looks a secret up. Called from several threads at once.</summary>
    /// <param name="request">Which secret, which version.</param>
    /// <param name="cancellationToken">Cancelled when the time limit of the source is over.</param>
    /// <returns>The secret, or <see langword="null"/> when this source does not have it, so that the next one is asked.</returns>
    /// <exception cref="Exception">The source cannot answer now. At start that is an error; later the last answer stays in use.</exception>
    ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken);
}
