using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsSetVerb : SecretsVerb
{
    private readonly Argument<string> _name;

    internal SecretsSetVerb()
    {
        _name = TakesName("The secret: letters, digits, '.', '-' and '_'.");
        TakesValidity();
        TakesTrustRoot();
        TakesValues();
    }

    internal override string Path => "secrets set";

    internal override string Description =>
        "Seals a value under a name, read from standard input or typed unseen. An earlier value goes at once, or when the new one "
        + "begins to be valid.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy secrets set Database --environment Production",
            "deploy secrets set Session.Key --environment Staging --expires 2027-01-01",
        ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Parse.GetRequiredValue(_name);
        var secrets = Secrets(context);
        secrets.EnsureMayPut(name, Validity(context));
        var value = await ValueAsync(context, name, cancellationToken).ConfigureAwait(false);
        await secrets.SetAsync(name, value, Validity(context), cancellationToken).ConfigureAwait(false);
        var unread = context.Services.GetService<SealedSecretSource>() is null
            ? " The app does not read sealed files yet: call .AddSealedSecrets() on AddDeployment()."
            : "";
        return Done(context, $"Sealed: '{name}' in {context.HostEnvironment}. Refer to it as secret://{name}.{unread}");
    }
}
