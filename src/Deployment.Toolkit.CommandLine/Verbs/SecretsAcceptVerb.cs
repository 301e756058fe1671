using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsAcceptVerb : SecretsVerb
{
    private readonly Argument<string> _id;

    internal SecretsAcceptVerb()
    {
        _id = Add(
            new Argument<string>("ID")
            {
                Description = "The proposal's id, as 'deploy secrets list' shows it with who proposed it and when.",
            }
        );
        TakesGrace();
        TakesTrustRoot();
    }

    internal override string Path => "secrets accept";

    internal override string Description => "Makes a proposal the secret's new version.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets accept 1f0c2ab9d4e87731 --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var accepted = await Secrets(context)
            .AcceptAsync(context.Parse.GetRequiredValue(_id), Grace(context), cancellationToken)
            .ConfigureAwait(false);
        return Done(
            context,
            $"Accepted: '{accepted.Name}' counts in {context.HostEnvironment} now. Proposed by {accepted.Proposer} at "
                + $"{Format.Iso(accepted.ProposedAt!.Value)}."
        );
    }
}
