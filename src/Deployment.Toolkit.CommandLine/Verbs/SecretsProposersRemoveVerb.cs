using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsProposersRemoveVerb : SecretsVerb
{
    private readonly Argument<string> _name;

    internal SecretsProposersRemoveVerb()
    {
        _name = TakesName("The proposer.");
        TakesTrustRoot();
    }

    internal override string Path => "secrets proposers remove";

    internal override string Description => "From then on somebody's proposals count once they are accepted, as everybody's.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets proposers remove issuer --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Parse.GetRequiredValue(_name);
        await Secrets(context).RemoveProposerAsync(name, cancellationToken).ConfigureAwait(false);
        return Done(context, $"Removed: what '{name}' proposes for {context.HostEnvironment} counts once it is accepted.");
    }
}
