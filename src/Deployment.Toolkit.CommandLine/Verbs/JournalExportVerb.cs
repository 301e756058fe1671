using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class JournalExportVerb : Verb
{
    private readonly Argument<string> _file;
    private readonly Option<string> _key;

    internal JournalExportVerb()
    {
        _file = Add(new Argument<string>("FILE") { Description = "The file that is made; one that is there is not overwritten." });
        _key = Add(
            new Option<string>("--key")
            {
                HelpName = "FILE",
                Description = "Another file for the journal's key, without which nobody can go on with it. Default: the key stays.",
            }
        );
    }

    internal override string Path => "journal export";

    internal override string Description =>
        "Writes the records of a journal into a file, byte for byte, so that they can be moved or kept.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy journal export production.jsonl --environment Production",
            "deploy journal export production.jsonl --key production.key --environment Production",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var (file, key) = (context.Parse.GetRequiredValue(_file), context.Parse.GetValue(_key));
        var result = await context.History.ExportJournalAsync(context.Environment, file, key, cancellationToken).ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline =
                result.Outcome == DeploymentOutcome.Succeeded
                    ? "Exported."
                    : $"The journal of {result.Environment} is empty: no file was made.",
        };
    }
}
