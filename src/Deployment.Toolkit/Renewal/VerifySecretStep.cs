using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Renewal;

/// <summary>Makes sure that readers get the new secret, and that it works.</summary>
internal sealed class VerifySecretStep(SecretIssuer issuer, SealedSecrets secrets, IssuedSecrets issuedSecrets, SecretResolver resolver)
    : SecretStep(issuer, secrets, issuedSecrets)
{
    internal const string StepName = "verify secret";

    public override string Name => StepName;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StepDescription($"read '{context.Plan.Secret}' as the app does, and try it") { ChangesNothing = true });

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        var rotation = Rotation(context);
        await EnsureReadAsync(resolver, rotation.Name, rotation.New, cancellationToken).ConfigureAwait(false);
        await AskAsync(context, rotator => rotator.VerifyAsync(rotation, cancellationToken)).ConfigureAwait(false);
        context.Write($"the new '{rotation.Name}' works");
    }

    /// <exception cref="DeploymentException">Whoever reads the secret gets another value: a stronger source has it too.</exception>
    internal static async Task EnsureReadAsync(SecretResolver resolver, string name, Secret? expected, CancellationToken cancellationToken)
    {
        resolver.Forget(name);
        var found = await resolver.FindAsync(new SecretReference(name, null), "secrets renew", cancellationToken).ConfigureAwait(false);
        if (found.Value is { } value && value.Equals(expected))
            return;

        throw DeploymentException.Refused(
            Codes.SecretShadowed,
            found.Value is null
                ? $"Secret '{name}' cannot be read as the app reads it: {found.Fault}"
                : $"Secret '{name}' is read from another place than the sealed file: a variable or a mounted file of that name comes "
                    + $"before it, so that nobody would see a new one. Take it out there."
        );
    }
}
