using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsKeyVerb : Verb
{
    internal override string Path => "secrets key";

    internal override string Description => "Shows your public key, for others to add you by; makes your key pair when there is none.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets key"];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var (key, file, isNew) = await context
            .Services.GetRequiredService<DeploymentPartsFactory>()
            .GetOrMakeSignerAsync(cancellationToken)
            .ConfigureAwait(false);
        using (key)
        {
            return new VerbReport(DeploymentOutcome.Succeeded, null, [])
            {
                Headline = isNew
                    ? $"Made: the private key is in {file}, readable for you alone. Back it up."
                    : $"The private key is in {file}.",
                Sections =
                [
                    new RecipientsSection([
                        new SealedRecipientInfo
                        {
                            Name = UserKey.Name,
                            Kind = "p256",
                            PublicKey = key.PublicKey!,
                        },
                    ]),
                ],
            };
        }
    }
}
