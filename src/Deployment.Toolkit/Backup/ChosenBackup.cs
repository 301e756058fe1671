namespace Deployment.Toolkit.Backup;

/// <summary>What the app says of backups.</summary>
internal sealed class ChosenBackup
{
    /// <summary>Why none is taken; <see langword="null"/> when one is.</summary>
    internal string? WithoutReason { get; set; }

    internal BackupOptions Options { get; set; } = new();

    /// <summary>What takes them in the toolkit's place; <see langword="null"/> when nothing does.</summary>
    internal OtherBackup? By { get; set; }

    /// <summary>Why there is none to go back to, as a clause; <see langword="null"/> when there is.</summary>
    internal string? NoneToRestore =>
        WithoutReason ?? (By is { CanRestore: false } by ? $"{by.Title} takes backups, which the deployment does not put back" : null);
}
