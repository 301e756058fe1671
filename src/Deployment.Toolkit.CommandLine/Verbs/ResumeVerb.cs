using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ResumeVerb : Verb
{
    internal ResumeVerb()
    {
        TakesLockTimeout();
        TakesAs();
        TakesAcceptDataLoss();
        TakesMarks();
    }

    internal override string Path => "resume";

    internal override string Description => "Goes on with an unfinished run in the direction that it was going.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy resume --environment Staging", "deploy resume --environment Staging --mark-done \"warm up\""];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var request = new ResumeRequest
        {
            AcceptDataLoss = AcceptsDataLoss(parse),
            MarkDone = MarkDone(parse),
            MarkNotDone = MarkNotDone(parse),
            LockTimeout = LockTimeout(parse),
            Progress = context.Progress,
        };
        return RunSection.Report(await context.Deployer.ResumeAsync(request, cancellationToken).ConfigureAwait(false));
    }
}
