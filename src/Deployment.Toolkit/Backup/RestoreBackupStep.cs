using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Backup;

/// <summary>Puts a backup in the live database's place, after a copy of what is there now was taken.</summary>
internal sealed class RestoreBackupStep(BackupStore? backups, JournalSession? session) : DeploymentStep
{
    internal const string StepName = "restore backup";

    public override string Name => StepName;

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            new StepDescription($"replace the database by backup {context.Plan.Backup}")
            {
                Inputs = new Dictionary<string, string> { ["backup"] = context.Plan.Backup ?? "" },
            }
        );

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        var backup =
            backups!.Find(context.Plan.Backup!)
            ?? throw DeploymentException.NeedsAttention(
                Codes.BackupUnusable,
                $"Backup '{context.Plan.Backup}' is gone. Put the file and its description back, then run 'deploy resume'."
            );

        var terms = new RestoreTerms(
            context.RunId + "-before",
            context.PreviousRelease,
            context.Plan.AcceptsDataLoss,
            session!.EnsureHeldAsync
        )
        {
            GoOn = $"deploy resume --environment {context.Environment.Name}",
            Noted = context.Data,
            NoteAsync = context.NoteAsync,
            Told = context.Write,
        };
        if (await backups.RestoreAsync(backup, terms, cancellationToken).ConfigureAwait(false) is { } kept)
            context.Write(kept);
        context.Write($"restored backup {backup.Name}");
    }

    public override async Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) =>
        backups!.Find(context.Plan.Backup!) is { } backup && await backups.IsRestoredAsync(backup, cancellationToken).ConfigureAwait(false)
            ? ProbeOutcome.Done
            : ProbeOutcome.NotDone;
}
