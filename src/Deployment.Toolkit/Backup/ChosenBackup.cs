namespace Deployment.Toolkit.Backup;

/// <summary>What the app says of backups.</summary>
internal sealed class ChosenBackup
{
    /// <summary>Why none is taken; <see langword="null"/> when one is.</summary>
    internal string? WithoutReason { get; set; }
}
