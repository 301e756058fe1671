using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class UnfreezeVerb : Verb
{
    private readonly Option<string> _reason;

    internal UnfreezeVerb()
    {
        _reason = Add(
            new Option<string>("--reason")
            {
                HelpName = "TEXT",
                Description = "Why; kept in the journal.",
                Required = true,
            }
        );
        TakesAs();
    }

    internal override string Path => "unfreeze";

    internal override string Description => "Lets releases into the environment again.";

    internal override IReadOnlyList<string> Examples => ["deploy unfreeze --environment Production --reason \"payment provider is back\""];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var result = await context.History.UnfreezeAsync(context.Parse.GetRequiredValue(_reason), cancellationToken).ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome switch
            {
                DeploymentOutcome.NothingToDo => $"Nothing to do: {result.Environment} is not frozen.",
                DeploymentOutcome.Succeeded => $"Succeeded: {result.Environment} takes releases again.",
                _ => null,
            },
        };
    }
}
