namespace Deployment.Toolkit.Backup;

/// <summary>Has something else take a backup, which nobody here can look into. One more changes nothing, so it stays.</summary>
internal sealed class BackUpByStep(OtherBackup backup, OtherBackupTools tools) : DeploymentStep
{
    public override string Name => DeploymentSteps.BackUp;

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            new StepDescription(
                $"have {backup.Title} take a backup, which is not looked into"
                    + (backup.CanRestore ? "" : " and which the deployment does not put back")
            )
            {
                ChangesNothing = true,
            }
        );

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) =>
        backup.TakeAsync(context, tools, cancellationToken);

    public override Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) =>
        backup.ProbeAsync(context, tools, cancellationToken);
}
