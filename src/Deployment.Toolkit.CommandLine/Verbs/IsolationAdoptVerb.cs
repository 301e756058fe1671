using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class IsolationAdoptVerb : Verb
{
    private readonly Option<string> _reason;

    internal IsolationAdoptVerb()
    {
        _reason = TakesReason();
        TakesAs();
        TakesDatabase();
        TakesTenant();
    }

    internal override string Path => "isolation adopt";

    internal override string Description =>
        "Makes a database that bears another environment's stamp this environment's own, as it is: a dump that was meant for it. It gets a "
        + "stamp of its own, and the environment that it came from refuses it from then on.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy isolation adopt --environment Staging --reason \"a copy of production's, anonymised\""];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var result = await Database(context)
            .TakeOverAsync(context.Parse.GetRequiredValue(_reason), cancellationToken)
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome switch
            {
                DeploymentOutcome.NothingToDo =>
                    $"Nothing to do: the database bears no other environment's stamp than {result.Environment}'s.",
                DeploymentOutcome.Succeeded => $"Succeeded: the database is {result.Environment}'s own from now on.",
                _ => null,
            },
        };
    }
}
