using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class CheckVerb : Verb
{
    internal CheckVerb()
    {
        TakesRelease();
    }

    internal override string Path => "check";

    internal override string Description => "Checks the declared environments, the configuration and the migrations, and reports every fault at once.";

    internal override IReadOnlyList<string> Examples =>
    [
        "deploy check --environment Staging",
        "deploy check --environment Production --output json",
    ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var result = await context.Deployer.CheckAsync(Request(context), cancellationToken).ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome == DeploymentOutcome.Succeeded
                ? $"Nothing to object to: {result.Environment} can be deployed to as far as that can be told beforehand."
                : $"{Format.Count(result.Messages.Count, "fault")} found; nothing was changed.",
        };
    }
}
