using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsAcceptVerb : SecretsVerb
{
    private readonly Argument<string> _name;

    internal SecretsAcceptVerb()
    {
        _name = TakesName("The secret, or a proposal's id where there are several.");
        TakesGrace();
    }

    internal override string Path => "secrets accept";

    internal override string Description => "Makes a proposal the secret's new version.";

    internal override IReadOnlyList<string> Examples =>
    [
        "deploy secrets accept Stripe.Key --environment Production",
    ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Parse.GetRequiredValue(_name);
        await context.Secrets.AcceptAsync(name, Grace(context), cancellationToken).ConfigureAwait(false);
        return Done(context, $"Accepted: '{name}' counts in {context.HostEnvironment} now.");
    }
}
