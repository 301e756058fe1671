using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsInitVerb : SecretsVerb
{
    private readonly Option<string> _recipient;
    private readonly Option<bool> _development;

    internal SecretsInitVerb()
    {
        _recipient = Add(
            new Option<string>("--recipient")
            {
                HelpName = "NAME",
                Description = "What the first recipient is called. Default: your user name.",
            }
        );
        _development = Add(
            new Option<bool>("--development-key")
            {
                Description =
                    "Puts a key for everybody beside the file, to be committed with it. Refused where the environment is protected.",
                Arity = ArgumentArity.Zero,
            }
        );
    }

    internal override string Path => "secrets init";

    internal override string Description => "Makes the environment's sealed file, with your key as its first recipient.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy secrets init --environment Production", "deploy secrets init --environment Development --development-key"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var secrets = context.Secrets;
        var isDevelopment = IsGiven(context.Parse, _development);
        var factory = context.Services.GetRequiredService<DeploymentPartsFactory>();
        var made = isDevelopment
            ? await DevelopmentKey.MakeAsync(secrets, factory.Environment, cancellationToken).ConfigureAwait(false)
            : await factory.GetOrMakeSignerAsync(cancellationToken).ConfigureAwait(false);
        using var key = made.Key;
        var settings = new SealedFileSettings { DevelopmentKey = isDevelopment ? System.IO.Path.GetFileName(made.File) : null };
        await secrets
            .InitializeAsync(
                context.Parse.GetValue(_recipient) ?? (isDevelopment ? "everybody" : UserKey.Name),
                key,
                settings,
                cancellationToken
            )
            .ConfigureAwait(false);
        return Done(context, $"Made. Commit the sealed file, and put '{SealedSecrets.AttributesLine}' into .gitattributes.") with
        {
            Sections = [new FilesSection(made.IsNew ? [secrets.Path, made.File] : [secrets.Path])],
            Messages =
            [
                PinLine(
                    secrets.GetRoot(),
                    $"Whoever opens {context.HostEnvironment} should know this file from one that somebody else makes. Pin it in Program.cs"
                ),
            ],
        };
    }
}
