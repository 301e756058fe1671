using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class AbortVerb : Verb
{
    internal AbortVerb()
    {
        TakesLockTimeout();
        TakesAs();
        TakesAcceptDataLoss();
        TakesMarks();
    }

    internal override string Path => "abort";

    internal override string Description => "Takes an unfinished run back, unless it is past its point of no return.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy abort --environment Staging", "deploy abort --environment Staging --mark-not-done \"warm up\""];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var request = new AbortRequest
        {
            AcceptDataLoss = AcceptsDataLoss(parse),
            MarkDone = MarkDone(parse),
            MarkNotDone = MarkNotDone(parse),
            LockTimeout = LockTimeout(parse),
            Progress = context.Progress,
        };
        return RunSection.Report(await context.Deployer.AbortAsync(request, cancellationToken).ConfigureAwait(false));
    }
}
