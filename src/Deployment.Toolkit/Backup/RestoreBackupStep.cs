using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Backup;

/// <summary>Puts a backup in the live database's place, after a copy of what is there now was taken.</summary>
internal sealed class RestoreBackupStep(BackupStore? backups, JournalSession? session) : DeploymentStep
{
    internal const string StepName = "restore backup";

    private DatabaseKey Key => backups?.Key ?? DatabaseKey.Only;

    public override string Name => Key.Step(StepName);

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            new StepDescription(
                $"replace {(Key.IsOnly ? "the database" : $"database '{Key.Name}'")} by backup {context.Plan.On(Key).Backup}"
            )
            {
                Inputs = new Dictionary<string, string> { ["backup"] = context.Plan.On(Key).Backup ?? "" },
            }
        );

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        var backup =
            backups!.Find(context.Plan.On(Key).Backup!)
            ?? throw DeploymentException.NeedsAttention(
                Codes.BackupUnusable,
                $"Backup '{context.Plan.On(Key).Backup}' is gone. Put the file and its description back, then run 'deploy resume "
                    + $"--environment {context.Environment.Name}'."
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
        backups!.Find(context.Plan.On(Key).Backup!) is { } backup
        && await backups.IsRestoredAsync(backup, cancellationToken).ConfigureAwait(false)
            ? ProbeOutcome.Done
            : ProbeOutcome.NotDone;
}
