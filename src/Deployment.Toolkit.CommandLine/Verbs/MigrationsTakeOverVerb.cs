using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class MigrationsTakeOverVerb : Verb
{
    private readonly Option<string> _reason;

    internal MigrationsTakeOverVerb()
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
        TakesDatabase();
        TakesTenant();
    }

    internal override string Path => "migrations take-over";

    internal override string Description =>
        "Makes the database as it is this environment's own: one that belongs to another journal, or is newer, older or empty beside "
        + "what the journal knows.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy migrations take-over --environment Development --reason \"made anew\"",
            "deploy migrations take-over --environment Staging --reason \"the journal's disk was lost\"",
        ];

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
                DeploymentOutcome.NothingToDo => $"Nothing to do: the database is the one that the journal of {result.Environment} knows.",
                DeploymentOutcome.Succeeded => $"Succeeded: {result.Environment} goes on with the database as it is.",
                _ => null,
            },
        };
    }
}
