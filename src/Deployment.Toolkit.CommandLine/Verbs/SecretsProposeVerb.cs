using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsProposeVerb : SecretsVerb
{
    private readonly Argument<string> _name;

    internal SecretsProposeVerb()
    {
        _name = TakesName("The secret.");
        TakesValidity();
        TakesTrustRoot();
        TakesValues();
    }

    internal override string Path => "secrets propose";

    internal override string Description => "Hands a value in without being able to open the file; it counts once a recipient accepts it.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets propose Stripe.Key --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Parse.GetRequiredValue(_name);
        var secrets = Secrets(context);
        secrets.EnsureMayPut(name, Validity(context));
        var value = await ValueAsync(context, name, cancellationToken).ConfigureAwait(false);
        await secrets.ProposeAsync(name, value, Validity(context), cancellationToken).ConfigureAwait(false);
        return Done(
            context,
            $"Proposed: '{name}' for {context.HostEnvironment}. It counts once a recipient accepts it; 'deploy secrets list' shows its id."
        );
    }
}
