using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsProposersListVerb : SecretsVerb
{
    internal override string Path => "secrets proposers list";

    internal override string Description => "Lists whose signed proposals count by themselves; needs no key.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets proposers list --environment Production"];

    internal override EnvironmentUse Use => EnvironmentUse.Host;

    internal override Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var proposers = context.Secrets.ListProposers();
        return Task.FromResult(
            Done(
                context,
                proposers.Count == 0
                    ? $"Proposals for {context.HostEnvironment} count once they are accepted, whoever makes them."
                    : $"Signed proposals of {Format.Count(proposers.Count, "proposer")} count in {context.HostEnvironment} by themselves."
            ) with
            {
                Sections = [new RecipientsSection(proposers)],
                Messages = context.Secrets.Warnings(),
            }
        );
    }
}
