using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ConfigUnpinVerb : Verb
{
    private readonly Option<string> _reason;

    internal ConfigUnpinVerb()
    {
        _reason = Add(
            new Option<string>("--reason") { HelpName = "TEXT", Description = "Why; kept in the journal. Needed unless --dry-run." }
        );
        TakesDryRun("Shows what would change only; nothing is changed.");
        TakesAs();
    }

    internal override string Path => "config unpin";

    internal override string Description => "Lifts the configuration that a rollback pinned, and shows what changes by that.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy config unpin --environment Production --dry-run",
            "deploy config unpin --environment Production --reason \"the new address holds for the old release, too\"",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        // Before it is lifted: afterwards there is nothing to compare with.
        var difference = await context.Configuration.GetPinnedAsync(cancellationToken).ConfigureAwait(false);
        if (difference is not null && IsDryRun(context.Parse))
        {
            return new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
            {
                Sections = [new DifferenceSection(difference)],
                Headline =
                    $"Not changed: the configuration of {context.HostEnvironment} is {difference.From}, and "
                    + $"{Format.Count(difference.Changes.Count, "key")} would change.",
            };
        }

        var result = await context.Configuration.UnpinAsync(context.Parse.GetValue(_reason) ?? "", cancellationToken).ConfigureAwait(false);
        var report = VerbReport.Of(result);
        return result.Outcome != DeploymentOutcome.Succeeded
            ? report
            : report with
            {
                Sections = difference is null ? [] : [new DifferenceSection(difference)],
                Headline =
                    $"Succeeded: {result.Environment} has its configuration as it is "
                    + $"set{(difference is null ? "" : $"; {Format.Count(difference.Changes.Count, "key")} changed")}.",
            };
    }
}
