using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class JournalArchiveVerb : Verb
{
    private readonly Option<DateTimeOffset?> _before;
    private readonly Option<int?> _keep;
    private readonly Option<string> _to;

    internal JournalArchiveVerb()
    {
        _before = Add(
            new Option<DateTimeOffset?>("--before")
            {
                HelpName = "TIME",
                Description = "Runs that ended before this go: a date, or a time with its offset.",
                CustomParser = Moment.Parse,
            }
        );
        _keep = Add(
            new Option<int?>("--keep")
            {
                HelpName = "N",
                Description = "So many of the newest runs stay, whatever their age.",
                CustomParser = static result => Counted.Parse(result),
            }
        );
        _to = Add(
            new Option<string>("--to")
            {
                HelpName = "FILE",
                Description = "The file that is made; one that is there is not overwritten.",
                Required = true,
            }
        );
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => "journal archive";

    internal override string Description =>
        "Brings the old part of a journal into a file; what status, rollbacks and backups rest on stays, and the file's hash.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy journal archive --keep 500 --to production-2026.jsonl --environment Production",
            "deploy journal archive --before 2026-01-01 --to production-2025.jsonl --environment Production",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        if (parse.GetValue(_before) is null && parse.GetValue(_keep) is null)
            return VerbReport.Refused(
                Codes.CommandLineInvalid,
                "Nothing says what of the journal stays. Say --keep N for so many runs, --before TIME for those from then on, or both."
            );

        var result = await context
            .History.ArchiveJournalAsync(
                context.Environment,
                new ArchiveJournalRequest
                {
                    File = parse.GetRequiredValue(_to),
                    Keep = parse.GetValue(_keep),
                    Before = parse.GetValue(_before),
                    LockTimeout = LockTimeout(parse),
                    Progress = context.Progress,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome == DeploymentOutcome.Succeeded ? "Archived." : "Nothing to archive.",
        };
    }
}
