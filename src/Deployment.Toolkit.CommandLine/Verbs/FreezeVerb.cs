using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class FreezeVerb : Verb
{
    private readonly Option<string> _reason;

    internal FreezeVerb()
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

    internal override string Path => "freeze";

    internal override string Description => "Keeps every release out of the environment until it is unfrozen; rollbacks go on.";

    internal override IReadOnlyList<string> Examples => ["deploy freeze --environment Production --reason \"payment provider is down\""];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var result = await context.History.FreezeAsync(context.Parse.GetRequiredValue(_reason), cancellationToken).ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome switch
            {
                DeploymentOutcome.NothingToDo => $"Nothing to do: {result.Environment} is frozen already.",
                DeploymentOutcome.Succeeded => $"Succeeded: {result.Environment} is frozen.",
                _ => null,
            },
        };
    }
}
