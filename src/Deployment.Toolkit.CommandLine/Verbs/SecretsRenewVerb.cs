using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsRenewVerb : SecretsVerb
{
    private readonly Argument<string> _name;
    private readonly Option<bool> _keepOld;

    internal SecretsRenewVerb()
    {
        _name = TakesName("The secret, which has a rotator.");
        TakesGrace();
        _keepOld = Add(
            new Option<bool>("--keep-old")
            {
                Description = "Leaves the old one valid at its issuer until 'deploy secrets retire NAME'.",
                Arity = ArgumentArity.Zero,
            }
        );
        TakesDryRun();
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => "secrets renew";

    internal override string Description =>
        "Has the secret's issuer make a new one, seals it, tries it, takes it into use and ends the old one; takes it all back when "
        + "something fails.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy secrets renew Database --environment Production --dry-run", "deploy secrets renew Database --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var request = new RenewSecretRequest
        {
            Grace = Grace(context),
            KeepOld = IsGiven(parse, _keepOld),
            DryRun = IsDryRun(parse),
            LockTimeout = LockTimeout(parse),
            Progress = context.Progress,
        };
        return RunSection.Report(
            await context.Deployer.RenewSecretAsync(parse.GetRequiredValue(_name), request, cancellationToken).ConfigureAwait(false)
        );
    }
}
