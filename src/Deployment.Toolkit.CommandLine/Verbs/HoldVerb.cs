using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class HoldVerb : Verb
{
    private readonly Option<string> _reason;

    internal HoldVerb()
    {
        TakesRelease("The release, as version+commit, or version for every build of it. Default: the app's own informational version.");
        _reason = TakesReason(description: "Why; kept in the journal and shown to whoever wants to deploy it.");
        TakesAs();
    }

    internal override string Path => "hold";

    internal override string Description =>
        "Keeps a release out of the environment, and of those that are promoted from it, until it is released.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy hold --environment Staging --release 1.4.0 --reason \"wait for the partner's answer\""];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var result = await context
            .History.HoldAsync(Release(context.Parse), context.Parse.GetRequiredValue(_reason), cancellationToken)
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome switch
            {
                DeploymentOutcome.NothingToDo => $"Nothing to do: the release is on hold in {result.Environment} already.",
                DeploymentOutcome.Succeeded => $"Succeeded: on hold in {result.Environment}.",
                _ => null,
            },
        };
    }
}
