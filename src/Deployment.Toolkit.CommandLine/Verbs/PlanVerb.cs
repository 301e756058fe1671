using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class PlanVerb : Verb
{
    internal PlanVerb()
    {
        TakesRelease();
    }

    internal override string Path => "plan";

    internal override string Description => "Shows what 'deploy up' would do, with everything that speaks against it, and changes nothing. Exit code 2: it may not begin.";

    internal override IReadOnlyList<string> Examples =>
    [
        "deploy plan --environment Staging",
        "deploy plan --environment Production --release 1.4.0+9fceb02",
    ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken) =>
        VerbReport.Of(await context.Deployer.PlanAsync(Request(context), cancellationToken).ConfigureAwait(false)) with { IsPlanWanted = true };
}
