using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class BackupPruneVerb : Verb
{
    private static readonly PruneBackupsRequest Default = new();

    private readonly Option<int> _keep;
    private readonly Option<TimeSpan?> _keepFor;

    internal BackupPruneVerb()
    {
        _keep = Add(
            new Option<int>("--keep")
            {
                HelpName = "N",
                Description = $"How many of the newest are kept whatever their age. Default: {Default.Keep}.",
                DefaultValueFactory = static _ => Default.Keep,
                CustomParser = Counted.Parse,
            }
        );
        _keepFor = Add(
            new Option<TimeSpan?>("--keep-for")
            {
                HelpName = "DURATION",
                Description = "For how long each is kept whatever their number, with a unit: 12h, 30d. Default: their age counts nothing.",
                CustomParser = Duration.Parse,
            }
        );
        TakesDryRun("Says what would be removed, and why; nothing is changed.");
        TakesLockTimeout();
        TakesAs();
        TakesDatabase("needed where the app has several; of tenants, each keeps as many");
        TakesTenant();
    }

    internal override string Path => "backup prune";

    internal override string Description =>
        "Removes backups that nothing needs any more; the newest, and those that a rollback needs, stay whatever is asked.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy backup prune --environment Staging --dry-run", "deploy backup prune --environment Production --keep 5 --keep-for 30d"];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var result = await Database(context)
            .PruneBackupsAsync(
                new PruneBackupsRequest
                {
                    Keep = parse.GetValue(_keep),
                    KeepFor = parse.GetValue(_keepFor),
                    DryRun = IsDryRun(parse),
                    LockTimeout = LockTimeout(parse),
                    Progress = context.Progress,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Backups is { } decisions ? Headline(result, decisions, IsDryRun(parse)) : null,
            Sections = result.Backups is { } pruned ? [new RetentionSection(pruned)] : [],
        };
    }

    private static string Headline(DeploymentResult result, IReadOnlyList<BackupDecision> decisions, bool isDryRun)
    {
        var removed = decisions.Where(static decision => decision.IsRemoved).ToList();
        var what =
            $"{removed.Count} of {Format.Count(decisions.Count, "backup")} of {result.Environment} "
            + $"({Format.Size(removed.Sum(static decision => decision.Size))})";
        return result.Outcome switch
        {
            DeploymentOutcome.NothingToDo when decisions.Count == 0 => $"Nothing to do: {result.Environment} has no backups.",
            DeploymentOutcome.NothingToDo =>
                $"Nothing to do: {Format.Count(decisions.Count, "backup")} of {result.Environment}, and none of them goes.",
            DeploymentOutcome.NeedsAttention => $"Needs attention: {what} went, and not all that was to go.",
            _ => isDryRun ? $"Not changed: {what} would go." : $"Succeeded: {what} went.",
        };
    }
}
