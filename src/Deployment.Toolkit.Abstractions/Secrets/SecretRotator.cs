namespace Deployment.Toolkit.Secrets;

/// <summary>
/// Renews a secret at its issuer: a database's role, an API's key. <c>deploy secrets renew</c> calls it as the steps of a journalled run,
/// in the order create, verify, retire; on the way back it calls revoke. For a while both credentials are valid, so that nobody who still
/// reads the old one is locked out.
/// </summary>
/// <remarks>
/// A process can be killed at any moment, so each method is called again with the same <see cref="SecretRotation.Operation"/> and must lead
/// to the same state. Keep that id at the issuer (a comment, a tag, a label), as the only memory that outlives the process. What a method
/// throws stands in the journal; a new value must not be part of it.
/// </remarks>
public abstract class SecretRotator
{
    /// <summary>
    /// Has the issuer make a new credential; the one before stays valid. Called again with an operation that it knows, the issuer gives the
    /// same credential once more or puts another in its place: there is never a second one.
    /// </summary>
    /// <param name="rotation">The operation. <see cref="SecretRotation.New"/> is <see langword="null"/>.</param>
    /// <param name="cancellationToken">Set at the step's timeout of five minutes and at Ctrl+C.</param>
    /// <returns>The new value; its end, if it has one, becomes the sealed version's.</returns>
    public abstract Task<SecretValue> CreateAsync(SecretRotation rotation, CancellationToken cancellationToken);

    /// <summary>
    /// Tries the new credential for real, and throws when it does not work. Where an issuer is slow to make it known, wait here.
    /// </summary>
    /// <param name="rotation">The operation, with <see cref="SecretRotation.New"/>.</param>
    /// <param name="cancellationToken">As for <see cref="CreateAsync"/>.</param>
    public abstract Task VerifyAsync(SecretRotation rotation, CancellationToken cancellationToken);

    /// <summary>Ends every credential of this secret that is older than the operation's. There is no way back from it.</summary>
    /// <param name="rotation">The operation, with <see cref="SecretRotation.New"/>, and <see cref="SecretRotation.Old"/> while the sealed
    /// file still has it.</param>
    /// <param name="cancellationToken">As for <see cref="CreateAsync"/>.</param>
    public abstract Task RetireAsync(SecretRotation rotation, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the credential that the operation made, as the way back of <see cref="CreateAsync"/>. It does nothing when there is none.
    /// </summary>
    /// <param name="rotation">The operation, with <see cref="SecretRotation.New"/> if it came to be sealed.</param>
    /// <param name="cancellationToken">As for <see cref="CreateAsync"/>.</param>
    public abstract Task RevokeAsync(SecretRotation rotation, CancellationToken cancellationToken);
}
