using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class PlanVerb : Verb
{
    private readonly Option<bool> _sql;

    internal PlanVerb()
    {
        TakesRelease();
        _sql = Add(
            new Option<bool>("--sql")
            {
                Description = "Also prints the SQL of the pending migrations as it will run.",
                Arity = ArgumentArity.Zero,
            }
        );
    }

    internal override string Path => "plan";

    internal override string Description =>
        "Shows what 'deploy up' would do, with everything that speaks against it, and changes nothing. Exit code 2: it may not begin.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy plan --environment Staging",
            "deploy plan --environment Production --release 1.4.0+9fceb02",
            "deploy plan --environment Staging --sql",
        ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var result = await context
            .Deployer.PlanAsync(new PlanRequest { Release = Release(context.Parse) }, cancellationToken)
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            IsPlanWanted = true,
            Scripts = IsGiven(context.Parse, _sql) && result.Plan is { } plan ? context.Database.GetScripts(plan) : null,
        };
    }
}
