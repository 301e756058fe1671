namespace Deployment.Toolkit;

/// <summary>How the toolkit's own backups are taken.</summary>
public sealed class BackupOptions
{
    /// <summary>
    /// How long one may take, verified, and how long putting one back may take that a person chose; both are enforced. A way back by backup
    /// has the migrations' limit. Default 30 minutes; at most 30 days.
    /// </summary>
    public TimeSpan WaitAtMost { get; set; } = TimeSpan.FromMinutes(30);
}
