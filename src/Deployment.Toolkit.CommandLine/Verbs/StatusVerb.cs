using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class StatusVerb : Verb
{
    internal override string Path => "status";

    internal override string Description => "Shows where every declared environment stands, as far as its journal is here.";

    internal override IReadOnlyList<string> Examples => ["deploy status", "deploy status --environment Production --output json"];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var environments = await context.History.GetStatusAsync(context.Environment, cancellationToken).ConfigureAwait(false);
        List<DeploymentMessage> faults = [];
        var shown = new List<EnvironmentStatus>(environments.Count);
        foreach (var environment in environments)
        {
            if (environment.Fault is { } fault)
                faults.Add(fault);
            // Of runs only where they stand is told; what is not shown need not be masked either.
            shown.Add(environment with { OpenRun = WithoutPlan(environment.OpenRun), LastRun = WithoutPlan(environment.LastRun) });
        }

        return new VerbReport(
            faults.Count == 0 ? DeploymentOutcome.Succeeded : DeploymentOutcome.Refused,
            context.Environment is null ? null : environments[0].Name,
            faults
        )
        {
            Headline = faults.Count == 0 ? "" : null,
            Sections = [new EnvironmentsSection(shown)],
        };
    }

    private static DeploymentRun? WithoutPlan(DeploymentRun? run) => run is null ? null : run with { Plan = null };
}
