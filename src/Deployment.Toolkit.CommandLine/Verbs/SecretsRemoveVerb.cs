using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsRemoveVerb : SecretsVerb
{
    private readonly Argument<string> _name;

    internal SecretsRemoveVerb()
    {
        _name = TakesName("The secret.");
        TakesTrustRoot();
    }

    internal override string Path => "secrets remove";

    internal override string Description => "Takes a secret out, all its versions.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets remove Old.Token --environment Staging"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Parse.GetRequiredValue(_name);
        await Secrets(context).RemoveAsync(name, cancellationToken).ConfigureAwait(false);
        return Done(
            context,
            $"Removed: '{name}' from {context.HostEnvironment}. Whoever has an older file and a key can read it still: change the value "
                + $"at its source."
        );
    }
}
