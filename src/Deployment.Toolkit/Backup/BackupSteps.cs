using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Backup;

/// <summary>The steps about copies of the database.</summary>
internal static class BackupSteps
{
    internal static IEnumerable<CatalogStep> Of(
        BackupStore? backups,
        OtherBackup? other,
        OtherBackupTools tools,
        TimeSpan limit,
        JournalSession? session
    ) =>
        [
            other is null
                ? CatalogStep.BuiltIn(StepRole.BackUp, new BackUpStep(backups), limit)
                : CatalogStep.BuiltIn(StepRole.BackUp, new BackUpByStep(other, tools), other.Timeout),
            CatalogStep.BuiltIn(StepRole.RestoreBackup, new RestoreBackupStep(backups, session), limit),
        ];
}
