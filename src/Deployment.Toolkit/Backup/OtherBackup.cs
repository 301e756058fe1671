namespace Deployment.Toolkit.Backup;

/// <summary>What takes backups in the toolkit's place.</summary>
/// <param name="title">What messages call it.</param>
internal abstract class OtherBackup(string title)
{
    internal string Title => title;

    internal abstract TimeSpan Timeout { get; }

    /// <summary>Whether it also puts one back.</summary>
    internal abstract bool CanRestore { get; }

    internal abstract Task TakeAsync(StepContext context, OtherBackupTools tools, CancellationToken cancellationToken);

    /// <summary>Whether an interrupted attempt took one.</summary>
    internal abstract Task<ProbeOutcome> ProbeAsync(StepContext context, OtherBackupTools tools, CancellationToken cancellationToken);

    internal abstract Task RestoreAsync(StepContext context, OtherBackupTools tools, CancellationToken cancellationToken);
}

/// <summary>What running it takes.</summary>
internal sealed record OtherBackupTools(string ContentRoot, TimeProvider Time);
