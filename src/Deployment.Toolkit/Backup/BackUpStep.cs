using System.Globalization;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Backup;

/// <summary>A copy more changes nothing, so there is nothing to take back: it stays, also after a failed run.</summary>
internal sealed class BackUpStep(BackupStore? backups) : DeploymentStep
{
    public override string Name => Key.Step(DeploymentSteps.BackUp);

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            new StepDescription($"copy {(Key.IsOnly ? "the database" : $"database '{Key.Name}'")} and verify the copy")
            {
                ChangesNothing = true,
            }
        );

    private DatabaseKey Key => backups?.Key ?? DatabaseKey.Only;

    public override Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken)
    {
        // What was killed may have left the database's content where it was unpacked.
        backups!.Folder.SweepUnpacked();
        return Task.FromResult(ProbeOutcome.Unknown);
    }

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        var backup = await backups!
            .TakeAsync(context.RunId, context.PreviousRelease, cancellationToken, context.Write)
            .ConfigureAwait(false);
        context.Save("backup", backup.Name);
        context.Save(EnvironmentLedger.BackupHash, backup.Sha256);
        context.Write(string.Create(CultureInfo.InvariantCulture, $"backup {backup.Name}: {backup.Size:N0} bytes, verified"));
    }
}
