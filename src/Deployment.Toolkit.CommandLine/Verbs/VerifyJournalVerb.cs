using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class VerifyJournalVerb : Verb
{
    internal override string Path => "verify-journal";

    internal override string Description => "Checks every record of a journal against its hash and the one before.";

    internal override IReadOnlyList<string> Examples =>
    [
        "deploy verify-journal",
        "deploy verify-journal --environment Production",
    ];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var result = context.History.VerifyJournal(context.Environment);
        return Task.FromResult(VerbReport.Of(result) with
        {
            Headline = result.Outcome == DeploymentOutcome.Succeeded ? $"The journal of {result.Environment} can be trusted." : $"The journal of {result.Environment} cannot be trusted.",
        });
    }
}
