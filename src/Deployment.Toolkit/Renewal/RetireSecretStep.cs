using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Renewal;

/// <summary>Ends at the issuer what the secret was before. From here on only the way forward is left.</summary>
internal sealed class RetireSecretStep(SecretIssuer issuer, SealedSecrets secrets, IssuedSecrets issuedSecrets)
    : SecretStep(issuer, secrets, issuedSecrets)
{
    internal const string StepName = "retire secret";

    public override string Name => StepName;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            new StepDescription($"have the issuer end what '{context.Plan.Secret}' was before")
            {
                Irreversible = "the issuer has ended the old one",
            }
        );

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        var rotation = Rotation(context);
        await AskAsync(context, rotator => rotator.RetireAsync(rotation, cancellationToken)).ConfigureAwait(false);
        context.Write($"what '{context.Plan.Secret}' was before is ended at its issuer");
    }
}
