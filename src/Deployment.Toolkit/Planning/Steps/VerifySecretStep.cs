using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit.Planning.Steps;

/// <summary>Makes sure that readers get the new secret, and that it works.</summary>
internal sealed class VerifySecretStep(DeploymentParts parts) : SecretStep(parts)
{
    internal const string StepName = "verify secret";

    public override string Name => StepName;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StepDescription($"read '{context.Plan.Secret}' as the app does, and try it") { ChangesNothing = true });

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        var rotation = Rotation(context);
        await EnsureReadAsync(Parts, rotation.Name, rotation.New, cancellationToken).ConfigureAwait(false);
        await AskAsync(context, rotator => rotator.VerifyAsync(rotation, cancellationToken)).ConfigureAwait(false);
        context.Write($"the new '{rotation.Name}' works");
    }

    /// <exception cref="DeploymentException">Whoever reads the secret gets another value: a stronger source has it too.</exception>
    internal static async Task EnsureReadAsync(DeploymentParts parts, string name, Secret? expected, CancellationToken cancellationToken)
    {
        parts.Resolver.Forget(name);
        var found = await parts.Resolver.FindAsync(new SecretReference(name, null), "secrets renew", cancellationToken).ConfigureAwait(false);
        if (found.Value is { } value && value.Equals(expected)) return;

        throw DeploymentException.Refused(Codes.SecretShadowed, found.Value is null
            ? $"Secret '{name}' cannot be read as the app reads it: {found.Fault}"
            : $"Secret '{name}' is read from another place than the sealed file: a variable or a mounted file of that name comes before it, so that nobody would see a new one. Take it out there.");
    }
}
