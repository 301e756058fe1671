using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsRekeyVerb : SecretsVerb
{
    internal SecretsRekeyVerb()
    {
        TakesTrustRoot();
    }

    internal override string Path => "secrets rekey";

    internal override string Description =>
        "Replaces the file's data key and begins a new epoch; hosts that have seen it refuse older files.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets rekey --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var lost = await Secrets(context).RekeyAsync(cancellationToken).ConfigureAwait(false);
        return Done(context, $"Rekeyed: {context.HostEnvironment} has a new data key.") with
        {
            Messages =
            [
                .. lost.Select(static name => new DeploymentMessage(
                    Codes.ProposalInvalid,
                    $"Proposal '{name}' was not made for your key and was left out. Have it proposed again.",
                    MessageSeverity.Warning
                )),
            ],
        };
    }
}
