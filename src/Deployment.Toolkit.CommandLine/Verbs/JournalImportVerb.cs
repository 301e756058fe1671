using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class JournalImportVerb : Verb
{
    private readonly Argument<string> _file;
    private readonly Option<string> _key;

    internal JournalImportVerb()
    {
        _file = Add(
            new Argument<string>("FILE") { Description = "A file that was exported, or the journal.jsonl of a folder that keeps journals." }
        );
        _key = Add(
            new Option<string>("--key")
            {
                HelpName = "FILE",
                Description = "The file of the journal's key. Default: journal.key beside FILE, where it is there.",
            }
        );
    }

    internal override string Path => "journal import";

    internal override string Description =>
        "Brings the records of a journal in from a file, into an empty journal or behind the records that both have; nothing is overwritten.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy journal import .deployment/production/journal.jsonl --environment Production",
            "deploy journal import production.jsonl --key production.key --environment Production",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var (file, key) = (context.Parse.GetRequiredValue(_file), context.Parse.GetValue(_key));
        var result = await context.History.ImportJournalAsync(context.Environment, file, key, cancellationToken).ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline =
                result.Outcome == DeploymentOutcome.Succeeded
                    ? $"The journal of {result.Environment} goes on with what was brought in; 'deploy verify-journal' says whether it is whole."
                    : "Nothing to bring in.",
        };
    }
}
