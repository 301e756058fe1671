using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsRotateVerb : SecretsVerb
{
    private readonly Argument<string> _name;

    internal SecretsRotateVerb()
    {
        _name = TakesName("The secret.");
        TakesGrace();
        TakesValidity();
        TakesTrustRoot();
        TakesValues();
    }

    internal override string Path => "secrets rotate";

    internal override string Description => "Adds a new version; the one before stays readable until its grace ends.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets rotate Database --environment Production --grace 24h"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Parse.GetRequiredValue(_name);
        var secrets = Secrets(context);
        secrets.EnsureMayPut(name, Validity(context));
        var value = await ValueAsync(context, name, cancellationToken).ConfigureAwait(false);
        await secrets.RotateAsync(name, value, Grace(context), Validity(context), cancellationToken).ConfigureAwait(false);
        return Done(
            context,
            $"Rotated: '{name}' in {context.HostEnvironment} has a new version. The one before stays readable for {Grace(context):c}."
        );
    }
}
