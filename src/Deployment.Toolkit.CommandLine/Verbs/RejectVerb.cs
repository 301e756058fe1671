using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class RejectVerb : Verb
{
    private readonly Option<string> _reason;

    internal RejectVerb()
    {
        TakesRelease("The release, as version+commit, or version for every build of it. Default: the app's own informational version.");
        _reason = TakesReason(description: "Why; kept in the journal and shown to whoever promotes it.");
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => "reject";

    internal override string Description => "Takes back what you approved of the release and puts it on hold.";

    internal override IReadOnlyList<string> Examples => ["deploy reject --environment Production --reason \"the import takes an hour\""];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var result = await context
            .Promotion.RejectAsync(
                new RejectRequest
                {
                    Release = Release(context.Parse),
                    Reason = context.Parse.GetRequiredValue(_reason),
                    LockTimeout = LockTimeout(context.Parse),
                    Progress = context.Progress,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome == DeploymentOutcome.Succeeded ? $"Succeeded: rejected for {result.Environment}." : null,
        };
    }
}
