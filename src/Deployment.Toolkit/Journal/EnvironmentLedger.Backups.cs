namespace Deployment.Toolkit.Journal;

/// <content>What runs said of the backups that they took.</content>
internal sealed partial class EnvironmentLedger
{
    /// <summary>
    /// The SHA-256 of the backup that a run took, which bears its name; <see langword="null"/> when it took none, or nothing vouches for
    /// what it says.
    /// </summary>
    internal string? HashOfBackup(DatabaseKey key, string name, string? tenant) =>
        tenant is not null ? Find(name)?.Find(key.TenantsStep(DeploymentSteps.Migrate))?.BackupOf(tenant)?.Sha256
        : Find(name)?.Find(key.Step(DeploymentSteps.BackUp)) is { } step && !step.Unproven.Contains(BackupHash)
            ? step.Data.GetValueOrDefault(BackupHash)
        : null;
}
