using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsProposersAddVerb : SecretsVerb
{
    private readonly Argument<string> _name;
    private readonly Option<string> _publicKey;

    internal SecretsProposersAddVerb()
    {
        _name = TakesName("What the proposer is called.");
        TakesTrustRoot();
        _publicKey = Add(
            new Option<string>("--public-key")
            {
                HelpName = "KEY",
                Description = "What 'deploy secrets key' shows them: p256:…",
                Required = true,
            }
        );
    }

    internal override string Path => "secrets proposers add";

    internal override string Description =>
        "Lets somebody's signed proposals count without anybody's look at them; they can read nothing by it.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy secrets proposers add issuer --environment Production --public-key p256:BO…"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Parse.GetRequiredValue(_name);
        await Secrets(context).AddProposerAsync(name, context.Parse.GetRequiredValue(_publicKey), cancellationToken).ConfigureAwait(false);
        return Done(context, $"Added: what '{name}' proposes for {context.HostEnvironment} and signs counts at once.");
    }
}
