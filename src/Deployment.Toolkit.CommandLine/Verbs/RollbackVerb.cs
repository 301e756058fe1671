using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class RollbackVerb : Verb
{
    internal RollbackVerb()
    {
        TakesTo();
        TakesDryRun();
        TakesLockTimeout();
        TakesAs();
        TakesAcceptDataLoss();
    }

    internal override string Path => "rollback";

    internal override string Description =>
        "Brings the environment back to the newest verified release before the present one: code and schema together.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy rollback --environment Production --dry-run",
            "deploy rollback --environment Production",
            "deploy rollback --environment Production --to 1.3.2 --accept-data-loss",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var request = new RollbackRequest
        {
            To = To(parse),
            AcceptDataLoss = AcceptsDataLoss(parse),
            DryRun = IsDryRun(parse),
            LockTimeout = LockTimeout(parse),
            Progress = context.Progress,
        };
        return RunSection.Report(await context.Deployer.RollbackAsync(request, cancellationToken).ConfigureAwait(false));
    }
}
