using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsRecipientsListVerb : SecretsVerb
{
    internal override string Path => "secrets recipients list";

    internal override string Description => "Lists who can open the sealed file; needs no key.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets recipients list --environment Production"];

    internal override EnvironmentUse Use => EnvironmentUse.Host;

    internal override Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var recipients = context.Secrets.ListRecipients();
        return Task.FromResult(
            Done(context, $"{Format.Count(recipients.Count, "recipient")} can open the secrets of {context.HostEnvironment}.") with
            {
                Sections = [new RecipientsSection(recipients)],
                Messages = context.Secrets.Warnings(),
            }
        );
    }
}
