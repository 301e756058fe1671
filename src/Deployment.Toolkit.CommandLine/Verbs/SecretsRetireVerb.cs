using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsRetireVerb : SecretsVerb
{
    private readonly Argument<string> _name;

    internal SecretsRetireVerb()
    {
        _name = TakesName("The secret, whose renewal left the old one valid.");
        TakesDryRun();
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => "secrets retire";

    internal override string Description => "Ends at the issuer what a secret was before its last renewal. There is no way back.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets retire Database --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var request = new RetireSecretRequest
        {
            DryRun = IsDryRun(parse),
            LockTimeout = LockTimeout(parse),
            Progress = context.Progress,
        };
        return RunSection.Report(
            await context.Deployer.RetireSecretAsync(parse.GetRequiredValue(_name), request, cancellationToken).ConfigureAwait(false)
        );
    }
}
