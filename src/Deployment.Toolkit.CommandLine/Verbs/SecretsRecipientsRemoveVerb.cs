using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsRecipientsRemoveVerb : SecretsVerb
{
    private readonly Argument<string> _name;
    private readonly Option<bool> _myself;

    internal SecretsRecipientsRemoveVerb()
    {
        _name = TakesName("The recipient.");
        TakesTrustRoot();
        _myself = Add(
            new Option<bool>("--myself")
            {
                Description = "Takes out the recipient whose key opens the file here, although this key opens it no longer then.",
                Arity = ArgumentArity.Zero,
            }
        );
    }

    internal override string Path => "secrets recipients remove";

    internal override string Description => "Takes somebody out, replaces the data key, and says which values they could read.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets recipients remove bob --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Parse.GetRequiredValue(_name);
        var secrets = Secrets(context);
        if (!IsGiven(context.Parse, _myself) && secrets.OpenedBy(cancellationToken) == name)
        {
            return VerbReport.Refused(
                Codes.RecipientIsYou,
                $"Recipient '{name}' is you: the key that opens the file here is theirs, and without it you could neither read the "
                    + $"secrets of {context.HostEnvironment} nor let anybody in again. Nothing was changed. Have another recipient do "
                    + $"it, or run the command with --myself."
            );
        }

        var exposed = await secrets.RemoveRecipientAsync(name, cancellationToken).ConfigureAwait(false);
        return Done(context, $"Removed: '{name}' cannot open what is sealed for {context.HostEnvironment} from now on.") with
        {
            Messages =
            [
                PinLine(
                    secrets.GetHead(),
                    $"'{name}' can still make a file that leads back to an older header. Put this line in the place of the pin of "
                        + $"{context.HostEnvironment}"
                ),
                .. exposed.Select(secret => new DeploymentMessage(
                    Codes.SecretExposed,
                    $"'{name}' could read secret '{secret}' and may have kept it. Change it at its source, then run 'deploy secrets "
                        + $"rotate {secret}'.",
                    MessageSeverity.Warning
                )
                {
                    Key = secret,
                }),
            ],
        };
    }
}
