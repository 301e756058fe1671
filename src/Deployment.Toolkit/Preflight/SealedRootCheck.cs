namespace Deployment.Toolkit.Preflight;

/// <summary>
/// Whether the environment's sealed file is the one that it should be. A renewal writes into it, so it has to be known before an issuer is
/// asked.
/// </summary>
internal sealed class SealedRootCheck : PreflightCheck
{
    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken)
    {
        if (intention is not { Kind: RunKind.Up or RunKind.Renew, Parts.SealedSecrets: { Exists: true } secrets })
            return ValueTask.FromResult<IReadOnlyList<DeploymentMessage>>([]);

        if (intention.Kind == RunKind.Renew)
            secrets.EnsureMayChange();
        return ValueTask.FromResult(secrets.Warnings());
    }
}
