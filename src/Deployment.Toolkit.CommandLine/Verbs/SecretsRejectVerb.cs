using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsRejectVerb : SecretsVerb
{
    private readonly Argument<string> _id;

    internal SecretsRejectVerb()
    {
        _id = Add(new Argument<string>("ID") { Description = "The proposal's id, as 'deploy secrets list' shows it." });
        TakesTrustRoot();
    }

    internal override string Path => "secrets reject";

    internal override string Description => "Takes a proposal out for good: put back into the file, it counts no more.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets reject 1f0c2ab9d4e87731 --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var rejected = await Secrets(context).RejectAsync(context.Parse.GetRequiredValue(_id), cancellationToken).ConfigureAwait(false);
        return Done(
            context,
            $"Rejected: the proposal for '{rejected.Name}' in {context.HostEnvironment}, by {rejected.Proposer} at "
                + $"{Format.Iso(rejected.ProposedAt!.Value)}."
        );
    }
}
