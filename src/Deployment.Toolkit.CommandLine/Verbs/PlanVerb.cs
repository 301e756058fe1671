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
        if (result.Plan is not { } plan)
            return VerbReport.Of(result);

        var shown = new PlanSection(plan) { IsWanted = true };
        return VerbReport.Of(result) with
        {
            Sections = IsGiven(context.Parse, _sql) ? [shown, new ScriptsSection(context.Database.GetScripts(plan))] : [shown],
        };
    }
}
