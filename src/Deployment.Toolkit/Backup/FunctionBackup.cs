namespace Deployment.Toolkit.Backup;

/// <summary>The app's own code, for a backup that something else keeps.</summary>
internal sealed class FunctionBackup(string description, Func<StepContext, CancellationToken, Task> take) : OtherBackup(description)
{
    internal override TimeSpan Timeout => TimeSpan.FromMinutes(30);

    internal override bool CanRestore => false;

    internal override Task TakeAsync(StepContext context, OtherBackupTools tools, CancellationToken cancellationToken) =>
        take(context, cancellationToken);

    // Nobody can be asked; another backup does no harm.
    internal override Task<ProbeOutcome> ProbeAsync(StepContext context, OtherBackupTools tools, CancellationToken cancellationToken) =>
        Task.FromResult(ProbeOutcome.Unknown);

    internal override Task RestoreAsync(StepContext context, OtherBackupTools tools, CancellationToken cancellationToken) =>
        throw new NotSupportedException("It takes backups and puts none back.");
}
