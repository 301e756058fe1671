using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Health;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class HealthVerb : Verb
{
    internal override string Path => "health";

    internal override string Description => "Asks the health checks that a deployment waits for, once.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy health --environment Staging", "deploy health --environment Production --output json"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var health = await context.Deployer.CheckHealthAsync(cancellationToken).ConfigureAwait(false);
        var gate = context.Services.GetRequiredService<HealthGate>();
        return new VerbReport(health.Passes ? DeploymentOutcome.Succeeded : DeploymentOutcome.Failed, context.HostEnvironment, gate.Faults)
        {
            Sections = [new ChecksSection(health.Report)],
            Headline =
                gate.Faults.Count == 0 && gate.NothingBecause is { } reason ? $"Nothing to ask: {reason}"
                : health.Passes ? $"Healthy: a deployment to {context.HostEnvironment} would pass its health gate."
                : $"Not healthy: a deployment to {context.HostEnvironment} would not pass its health gate.",
        };
    }
}
