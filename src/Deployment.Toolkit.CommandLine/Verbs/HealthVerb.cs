using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class HealthVerb : Verb
{
    internal override string Path => "health";

    internal override string Description => "Asks the health checks that a deployment waits for, once.";

    internal override IReadOnlyList<string> Examples =>
    [
        "deploy health --environment Staging",
        "deploy health --environment Production --output json",
    ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var (report, passes) = await context.Deployer.CheckHealthAsync(cancellationToken).ConfigureAwait(false);
        return new VerbReport(passes ? DeploymentOutcome.Succeeded : DeploymentOutcome.Failed, context.HostEnvironment, [])
        {
            Health = report,
            Headline = report.Entries.Count == 0 ? "Nothing to ask: no health check is registered."
                : passes ? $"Healthy: a deployment to {context.HostEnvironment} would pass its health gate."
                : $"Not healthy: a deployment to {context.HostEnvironment} would not pass its health gate.",
        };
    }
}
