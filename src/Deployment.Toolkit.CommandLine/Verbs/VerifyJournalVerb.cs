using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class VerifyJournalVerb : Verb
{
    private readonly Option<bool> _newKey;
    private readonly Option<string> _reason;
    private readonly Option<string> _archive;

    internal VerifyJournalVerb()
    {
        _newKey = Add(
            new Option<bool>("--new-key")
            {
                Description =
                    "Goes on with the records as they are, under a new key: where the journal's key is lost or records are missing for "
                    + "good. Takes --reason.",
            }
        );
        _reason = Add(new Option<string>("--reason") { HelpName = "TEXT", Description = "Why a new key is made; kept in the journal." });
        _archive = Add(
            new Option<string>("--archive")
            {
                HelpName = "FILE",
                Description = "Checks a file that a journal's old part was brought into, and that the journal goes on behind it.",
            }
        );
        TakesAs();
    }

    internal override string Path => "verify-journal";

    internal override string Description =>
        "Checks every record of a journal against its hash, its MAC and the one before, and the whole against what is kept outside of it.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy verify-journal",
            "deploy verify-journal --archive production-2025.jsonl --environment Production",
            "deploy verify-journal --environment Production --new-key --reason \"the disk with the key is gone\"",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        if (context.Parse.GetValue(_newKey))
        {
            if (string.IsNullOrWhiteSpace(context.Parse.GetValue(_reason)))
                return VerbReport.Of(Unexplained(context));

            var renewed = await context
                .History.RenewJournalKeyAsync(context.Environment, context.Parse.GetValue(_reason)!, cancellationToken)
                .ConfigureAwait(false);
            return VerbReport.Of(renewed) with { Headline = $"The journal of {renewed.Environment} goes on under a new key." };
        }

        if (context.Parse.GetValue(_archive) is { } archive)
        {
            var found = await context.History.VerifyArchiveAsync(context.Environment, archive, cancellationToken).ConfigureAwait(false);
            return VerbReport.Of(found) with { Headline = $"The archive is the one that the journal of {found.Environment} names." };
        }

        var result = await context.History.VerifyJournalAsync(context.Environment, cancellationToken).ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline =
                result.Outcome != DeploymentOutcome.Succeeded ? $"The journal of {result.Environment} cannot be trusted."
                : result.Messages.Any(static message => message.Severity == MessageSeverity.Warning)
                    ? $"The journal of {result.Environment} is whole, as far as can be told from here."
                : $"The journal of {result.Environment} can be trusted.",
        };
    }

    private static DeploymentResult Unexplained(VerbContext context) =>
        new()
        {
            Outcome = DeploymentOutcome.Refused,
            Environment = context.Environment ?? "",
            Messages =
            [
                new DeploymentMessage(
                    Codes.JournalKeyMissing,
                    "A new key takes the journal's records as they are, which nobody should do in silence. Say why with --reason \"…\"."
                ),
            ],
        };
}
